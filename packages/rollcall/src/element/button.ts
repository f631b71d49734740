import { html, nothing, type TemplateResult } from "lit/html.js";

/** The look of a button, and its optional labels. */
export interface ButtonOptions {
  /** Its class: `primary`, `danger`, `danger-text`, `square`, `wide`. @default "" */
  readonly look?: string;
  /** Its accessible name, where the label alone is ambiguous. */
  readonly name?: string;
  /** The tooltip of a button that only has an icon. */
  readonly hint?: string;
  /** Its part, besides `button`. */
  readonly part: string;
  readonly busy?: boolean;
  readonly submits?: boolean;
}

/**
 * A button. While busy it is not `disabled`, which would lose the focus; the handler ignores clicks
 * instead.
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
