import { css } from "./drawn-element.js";

/**
 * Colours come from the page: text is the page's, lines and quiet text are mixed from it, and the
 * rest follows `color-scheme`. Every one can be set by a custom property. Inside they have names no
 * page uses: with `--accent` on the host, a page's `--rollcall-accent: var(--accent)` would refer to
 * itself, and be nothing.
 */
export const pageStyles: string = css`
  :host {
    --_accent: var(--rollcall-accent, light-dark(#1a56c4, #9cc0ff));
    --_on-accent: var(--rollcall-on-accent, light-dark(#fff, #0b1c38));
    --_danger: var(--rollcall-danger, light-dark(#b3221c, #ffa69e));
    --_on-danger: var(--rollcall-on-danger, light-dark(#fff, #3b0805));
    --_active: var(--rollcall-active, light-dark(#17743a, #6fd493));
    --_quiet: var(--rollcall-quiet, color-mix(in srgb, currentColor 68%, transparent));
    --_line: var(--rollcall-line, color-mix(in srgb, currentColor 16%, transparent));
    --_tint: color-mix(in srgb, currentColor 8%, transparent);
    --_radius: var(--rollcall-radius, 0.75rem);
    display: block;
    max-width: var(--rollcall-width, 46rem);
    line-height: 1.5;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  ::before {
    box-sizing: border-box;
    margin: 0;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  section {
    container-type: inline-size;
    overflow-wrap: anywhere;
  }
  [role="heading"],
  h2,
  strong,
  .name {
    font-weight: 600;
  }
  #title {
    font-size: 1.5em;
    line-height: 1.25;
  }
  h2,
  .notice strong {
    font-size: 1.125em;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 1rem;
    align-items: center;
    justify-content: space-between;
    min-height: 2.25rem;
    margin-block: 1.5rem 0.5rem;
  }
  ul,
  .list,
  .above,
  .notice,
  .empty {
    padding: 0;
    background: var(--rollcall-surface, transparent);
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
  }
  .list,
  .above,
  .notice,
  .empty {
    margin-top: 1.5rem;
  }
  .unseen {
    position: absolute;
    clip-path: inset(50%);
  }
`;
