import { css } from "./drawn-element.js";

/** Buttons, fields, notices and the question. */
export const controlStyles: string = css`
  .actions,
  form,
  .answers {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: center;
  }
  button,
  a,
  input {
    min-height: 2.25rem;
    padding: 0.25rem 0.875rem;
    color: inherit;
    font: inherit;
    background: none;
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) * 0.67);
  }
  button,
  a {
    display: inline-grid;
    place-items: center;
    font-size: 0.875em;
    font-weight: 500;
    text-decoration: none;
    cursor: pointer;
  }
  /* No more than a class, so that those that have colours of their own keep them. */
  :where(button):hover {
    background: var(--_tint);
  }
  .danger-text {
    color: var(--_danger);
  }
  .square {
    width: 2.25rem;
    padding: 0;
  }
  .square svg {
    width: 1.125rem;
    color: var(--_quiet);
  }
  .primary {
    color: var(--_on-accent);
    background: var(--_accent);
  }
  .danger {
    color: var(--_on-danger);
    background: var(--_danger);
  }
  .primary:hover,
  .danger:hover {
    filter: brightness(1.1);
  }
  [aria-disabled] {
    cursor: default;
    opacity: 0.8;
  }
  .wide {
    width: 100%;
    margin-top: 1rem;
  }
  input {
    flex: 1 1 11rem;
    min-width: 0;
    border-color: color-mix(in srgb, currentColor 50%, transparent);
  }
  .problem {
    flex-basis: 100%;
    color: var(--_danger);
  }
  .notice {
    display: grid;
    gap: 0.75rem;
    justify-items: center;
    padding: 2.5rem 1rem;
    text-align: center;
  }
  .above {
    background: var(--_tint);
  }
  .empty {
    padding: 1.5rem 1rem;
    text-align: center;
    border-style: dashed;
  }
  dialog {
    width: 26rem;
    max-width: calc(100vw - 2rem);
    margin: auto;
    padding: 1.5rem;
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) * 1.33);
    box-shadow: 0 1rem 3rem #0004;
  }
  ::backdrop {
    background: #0007;
  }
  dialog > div {
    display: grid;
    gap: 0.75rem;
  }
  .answers {
    justify-content: end;
    margin-top: 0.5rem;
  }
  @media (prefers-reduced-motion: no-preference) {
    /* Not the ring: it is there at once. */
    button {
      transition: background 0.12s;
    }
  }
`;
