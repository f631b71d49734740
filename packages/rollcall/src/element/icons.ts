import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit/html.js";
import type { ListedSession } from "../client/client-api.js";

/** Strokes on a grid of 24, drawn for this element. */
const DEVICES: Readonly<Record<ListedSession["device"]["type"], SVGTemplateResult>> = {
  desktop: svg`<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M8 20h8M12 16v4"/>`,
  mobile: svg`<rect x="7" y="3" width="10" height="18" rx="2"/><path d="M11 18h2"/>`,
  tablet: svg`<rect x="4" y="3" width="16" height="18" rx="2"/><path d="M11 18h2"/>`,
  tv: svg`<rect x="3" y="7" width="18" height="12" rx="2"/><path d="M8 3l4 4 4-4M7 22h10"/>`,
  bot: svg`<rect x="4" y="8" width="16" height="12" rx="2"/><path d="M12 8V4M9 13v2M15 13v2"/>`,
  cli: svg`<rect x="3" y="4" width="18" height="16" rx="2"/><path d="M7 9l3 3-3 3M13 15h4"/>`,
  unknown: svg`<circle cx="12" cy="12" r="9"/><path d="M10 9a2 2 0 1 1 3 2q-1 1-1 3M12 17v0"/>`,
};

/** Beside a notice or on a button. */
export type Sign = "pen" | "cloud" | "warning" | "lock" | "key";

const SIGNS: Readonly<Record<Sign, SVGTemplateResult>> = {
  pen: svg`<path d="M4 20l1-4L16 5a2 2 0 0 1 3 3L8 19z"/>`,
  cloud: svg`<path d="M8 18a4 4 0 0 1-1-8 5 5 0 0 1 10 0 4 4 0 0 1 0 8zM4 4l16 16"/>`,
  warning: svg`<path d="M12 4l9 15H3zM12 10v4M12 17v0"/>`,
  key: svg`<circle cx="8" cy="15" r="4"/><path d="M11 12l8-8M16 7l3 3"/>`,
  lock: svg`<rect x="5" y="10" width="14" height="10" rx="2"/><path d="M8 10V8a4 4 0 0 1 8 0v2"/>`,
};

/** Hidden from screen readers, since the text beside an icon says the same. */
function icon(shape: SVGTemplateResult): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true">${shape}</svg>`;
}

export function deviceIcon({ device }: ListedSession): TemplateResult {
  return icon(DEVICES[device.type] ?? DEVICES.unknown);
}

export function sign(name: Sign): TemplateResult {
  return icon(SIGNS[name]);
}
