/** Keeps the focus in the right place while rows appear and disappear. */
export interface FocusKeeper {
  /** Call it before the screen changes. */
  before(root: ShadowRoot): void;
  /**
   * Call it after the change. Moves the focus into a new field; from "Show more" to the first new row;
   * and when the focused control is gone, to its row, the row in its place, or the heading.
   */
  after(root: ShadowRoot): void;
}

const MORE = ".wide";

export function createFocusKeeper(): FocusKeeper {
  /** The row with the focus, or the row that opened the dialog; -1 if none. */
  let place: { readonly id: string | undefined; readonly index: number } | null = null;
  let known: HTMLInputElement | null = null;
  const indexOf = (root: ShadowRoot, id: string | undefined): number =>
    rows(root).findIndex(({ dataset }) => dataset["id"] === id);

  return {
    before(root) {
      const { activeElement } = root;
      if (root.querySelector("dialog[open]") !== null) {
        // Whatever has the focus now: rows may appear and disappear below the dialog.
        const index = indexOf(root, place?.id);
        if (index >= 0) place = { id: place?.id, index };
      } else if (activeElement === null) place = null;
      else {
        const id = activeElement.closest<HTMLElement>("[data-id]")?.dataset["id"];
        const index = activeElement.matches(MORE) ? rows(root).length : indexOf(root, id);
        place = { id, index };
      }
    },
    after(root) {
      const field = root.querySelector("input");
      if (field !== known) {
        field?.focus();
        field?.select();
        // Of a long one the beginning is to be seen.
        if (field !== null) field.scrollLeft = 0;
      }
      known = field;
      const { activeElement } = root;
      if (place === null) return;
      const { id, index } = place;
      const all = rows(root);
      if (activeElement !== null && !(activeElement.matches(MORE) && all[index])) return;
      const row = index < 0 ? undefined : (all[index] ?? all.at(-1));
      const own = row?.dataset["id"] === id ? row?.querySelector("button") : null;
      const target =
        own ?? row ?? root.querySelector("#others, .create") ?? root.querySelector("section");
      if (target instanceof HTMLElement) target.focus();
    },
  };
}

function rows(root: ShadowRoot): readonly HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("[data-id]")];
}
