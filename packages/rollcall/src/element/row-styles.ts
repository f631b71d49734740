import { css } from "./drawn-element.js";

/** The rows of the lists, and their skeleton. */
export const rowStyles: string = css`
  .row {
    display: grid;
    grid-template-columns: auto 1fr auto;
    gap: 0.5rem 1rem;
    align-items: start;
    padding: 1rem;
    border-radius: var(--_radius);
  }
  .row + .row {
    border-top: 1px solid var(--_line);
    border-start-start-radius: 0;
    border-start-end-radius: 0;
  }
  .icon {
    display: grid;
    place-items: center;
    width: 2.5rem;
    height: 2.5rem;
    color: var(--_quiet);
    background: var(--_tint);
    border-radius: 0.625rem;
  }
  [aria-labelledby="here"] .icon {
    color: var(--_accent);
    background: color-mix(in srgb, currentColor 14%, transparent);
  }
  svg {
    width: 1.375rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .twin {
    visibility: hidden;
  }
  .row:has(.twin) {
    border-color: transparent;
  }
  .facts {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.125rem;
    justify-items: start;
    min-width: 0;
  }
  /* The form has its own buttons, and the place of those it replaces. */
  .facts:last-child {
    grid-column: 2 / -1;
  }
  form {
    margin-bottom: 0.375rem;
  }
  .name,
  .kind,
  .line bdi {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .kind,
  .line,
  p {
    color: var(--_quiet);
    font-size: 0.875em;
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    overflow: clip;
  }
  .line,
  form {
    justify-self: stretch;
  }
  /* A dot stands before each part; what begins a line moves its dot out of sight. */
  .line > * {
    position: relative;
    inset-inline-start: -1em;
    max-width: calc(100% + 1em);
    padding-inline-start: 1em;
  }
  .line > * + ::before {
    position: absolute;
    inset-inline-start: 0.35em;
    content: "·";
  }
  .labels {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem;
    margin-block: 0.125rem;
  }
  .label {
    padding: 0 0.5rem;
    font-size: 0.8125em;
    background: var(--_tint);
    border-radius: 0.5rem;
  }
  .now {
    color: var(--_active);
    font-weight: 500;
  }
  .now::before {
    display: inline-block;
    width: 0.5em;
    height: 0.5em;
    margin-inline-end: 0.4em;
    background: currentColor;
    forced-color-adjust: none;
    border-radius: 50%;
    content: "";
  }
  /* A box of its own: no control character inside turns the text around it. */
  .quoted {
    display: inline-block;
    max-width: 100%;
    vertical-align: bottom;
  }
  .bone {
    width: 45%;
    height: 0.75rem;
    margin-block: 0.3rem;
    background: var(--_line);
    border-radius: 0.25rem;
  }
  .bone + .bone {
    width: 70%;
  }
  @container (width < 30rem) {
    .row {
      grid-template-columns: auto 1fr;
      column-gap: 0.75rem;
      padding: 0.875rem 0.75rem;
    }
    .actions {
      grid-column: 2;
    }
    .answers > * {
      flex: auto;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .bone {
      animation: breathe 1.6s infinite alternate;
    }
  }
  @keyframes breathe {
    to {
      opacity: 0.45;
    }
  }
  @media (forced-colors: active) {
    .icon,
    .label,
    .bone {
      border: 1px solid;
    }
  }
`;
