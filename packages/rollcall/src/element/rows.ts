import { render, type TemplateResult } from "lit/html.js";

/**
 * Renders rows by key. A row keeps its element as long as its session is listed, so that the focus
 * and a half-typed name survive. (Lit's `repeat` does the same at three times the size.)
 */
export function placeRows(list: Element, rows: ReadonlyMap<string, TemplateResult>): void {
  const there = new Map<string, HTMLElement>();
  for (const row of list.querySelectorAll<HTMLElement>("[data-id]")) {
    const { id = "" } = row.dataset;
    if (rows.has(id)) there.set(id, row);
    else row.remove();
  }
  let next = list.firstElementChild;
  for (const [id, content] of rows) {
    const row = there.get(id) ?? createRow(id);
    if (row === next) next = next.nextElementSibling;
    else list.insertBefore(row, next);
    render(content, row);
  }
}

function createRow(id: string): HTMLElement {
  const row = document.createElement("li");
  row.dataset["id"] = id;
  row.className = "row";
  row.part.add("session");
  // Can take the focus when a neighbouring row disappears.
  row.tabIndex = -1;
  return row;
}
