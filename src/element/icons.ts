import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit/html.js";
import type { ListedSession } from "../client/client-api.js";

/** Strokes on a grid of 24, drawn for this element. */
const DEVICES: Readonly<Record<ListedSession["device"]["type"], SVGTemplateResult>> = {
  desktop: svg`<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M8 20h8M12 16v4"/>`,
  mobile: svg`<rect x="7" y="3" width="10" height="18" rx="2"/><path d="M11 18h2"/>`,
  tablet: svg`<rect x="4" y="3" width="16" height="18" rx="2"/><path d="M11 18h2"/>`,
  tv: svg`<rect x="3" y="7" width="18" height="12" rx="2"/><path d="M8 3l4 4 4-4M7 22h10"/>`,
  bot: svg`<rect x="4" y="8" width="16" height="12" rx="2"/><path d="M12 8V5M9 13v2M15 13v2M2 13v3M22 13v3"/><circle cx="12" cy="4" r="1"/>`,
  cli: svg`<rect x="3" y="4" width="18" height="16" rx="2"/><path d="M7 9l3 3-3 3M13 15h4"/>`,
  unknown: svg`<circle cx="12" cy="12" r="9"/><path d="M9.5 9.6a2.5 2.5 0 1 1 3.7 2.2c-.8.4-1.2.9-1.2 1.9M12 16.7v.1"/>`,
};

/** Beside a notice or on a button. */
export type Sign = "pen" | "cloud" | "warning" | "lock";

const SIGNS: Readonly<Record<Sign, SVGTemplateResult>> = {
  pen: svg`<path d="M4.5 19.5l.8-3.8L16 5a2.1 2.1 0 0 1 3 3L8.3 18.7z"/>`,
  cloud: svg`<path d="M7.5 18.5a4 4 0 0 1-.6-7.9 5.2 5.2 0 0 1 10-.9 4.4 4.4 0 0 1 .1 8.8zM4 3.5l16.5 17"/>`,
  warning: svg`<path d="M12 4l9 15.5H3zM12 10v4M12 16.7v.1"/>`,
  lock: svg`<rect x="5" y="10" width="14" height="10" rx="2"/><path d="M8 10V8a4 4 0 0 1 8 0v2"/>`,
};

/** An icon says nothing that does not stand beside it, so screen readers skip it. */
function icon(shape: SVGTemplateResult): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true">${shape}</svg>`;
}

export function deviceIcon({ device }: ListedSession): TemplateResult {
  return icon(DEVICES[device.type] ?? DEVICES.unknown);
}

export function sign(name: Sign): TemplateResult {
  return icon(SIGNS[name]);
}
