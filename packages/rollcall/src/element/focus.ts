/** Keeps the person's place in the list while what they stand on comes and goes. */
export interface FocusKeeper {
  /** Before the screen changes. */
  before(root: ShadowRoot): void;
  /**
   * After it: into a field that has come; from the button that shows more, on to the first row that
   * came. When what had the focus is gone, on to its row, the row that took its place, or the heading.
   */
  after(root: ShadowRoot): void;
}

const MORE = ".wide";

export function createFocusKeeper(): FocusKeeper {
  /** The row with the focus, or the one that asked the question on top; -1: none. */
  let place: { readonly id: string | undefined; readonly index: number } | null = null;
  let known: HTMLInputElement | null = null;
  const indexOf = (root: ShadowRoot, id: string | undefined): number =>
    rows(root).findIndex(({ dataset }) => dataset["id"] === id);

  return {
    before(root) {
      const { activeElement } = root;
      if (root.querySelector("dialog[open]") !== null) {
        // Whatever has the focus meanwhile. Rows may come and go below the question.
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
      }
      known = field;
      const { activeElement } = root;
      if (place === null) return;
      const { id, index } = place;
      const all = rows(root);
      if (activeElement !== null && !(activeElement.matches(MORE) && all[index])) return;
      const row = index < 0 ? undefined : (all[index] ?? all.at(-1));
      const own = row?.dataset["id"] === id ? row?.querySelector("button") : null;
      const target = own ?? row ?? root.querySelector("#others") ?? root.querySelector("section");
      if (target instanceof HTMLElement) target.focus();
    },
  };
}

function rows(root: ShadowRoot): readonly HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("[data-id]")];
}
