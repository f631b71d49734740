import { html, nothing, type TemplateResult } from "lit/html.js";

/** How a button looks, and what else it says. */
export interface ButtonOptions {
  /** Its class: `primary`, `danger`, `danger-text`, `square`, `wide`. @default "" */
  readonly look?: string;
  /** Its name where the label alone would not tell it from its neighbours. */
  readonly name?: string;
  /** What it is, on hover, where it only has an icon. */
  readonly hint?: string;
  /** Its part, besides `button`. */
  readonly part: string;
  readonly busy?: boolean;
  readonly submits?: boolean;
}

/**
 * A button. A busy one keeps the focus, which `disabled` would throw away; whoever is called ignores
 * what comes while busy.
 */
export function button(
  label: string | TemplateResult,
  onClick: ((event: Event) => void) | null,
  { look, name, hint, part, busy, submits }: ButtonOptions,
): TemplateResult {
  return html`<button
    type=${submits ? "submit" : "button"}
    class=${look ?? nothing}
    part="button ${part}"
    aria-label=${name ?? nothing}
    title=${hint ?? nothing}
    aria-disabled=${busy ? "true" : nothing}
    @click=${onClick}
  >
    ${label}
  </button>`;
}
