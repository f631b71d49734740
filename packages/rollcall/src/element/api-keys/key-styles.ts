import { css } from "../drawn-element.js";

/** The form for a new key, and the key. */
export const keyStyles: string = css`
  .create {
    width: 100%;
    margin-top: 1rem;
  }
  .key-form {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
    margin-top: 1.5rem;
    border: 1px solid var(--_line);
    background: var(--rollcall-surface, transparent);
  }
  .key-form > label,
  fieldset {
    display: grid;
    gap: 0.25rem;
    justify-items: start;
    min-width: 0;
    padding: 0;
    border: 0;
  }
  .key-form > label > :last-child {
    width: 100%;
    max-width: 22rem;
  }
  legend,
  .key-form > label > span {
    padding: 0;
    font-weight: 500;
    font-size: 0.875em;
  }
  select {
    min-height: 2.25rem;
    padding: 0.25rem 0.5rem;
    color: inherit;
    font: inherit;
    background: Field;
    border: 1px solid color-mix(in srgb, currentColor 50%, transparent);
    border-radius: calc(var(--_radius) * 0.67);
  }
  .check {
    display: flex;
    gap: 0.5rem;
    align-items: center;
    min-height: 2.25rem;
  }
  .check input {
    flex: none;
    width: 1.125rem;
    min-height: 1.125rem;
    margin: 0;
    accent-color: var(--_accent);
  }
  .key {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    justify-self: stretch;
    margin-top: 0.5rem;
  }
  .key input {
    font-family: ui-monospace, monospace;
    font-size: 0.875em;
  }
`;
