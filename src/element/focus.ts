/** Keeps the person's place in the list while what they stand on comes and goes. */
export interface FocusKeeper {
  /** Before the screen changes. */
  before(root: ShadowRoot): void;
  /** After it: when what had the focus is gone, on to the row that took its place, or the heading. */
  after(root: ShadowRoot): void;
}

export function createFocusKeeper(): FocusKeeper {
  /** The row with the focus, or the one that asked the question on top; -1: none. */
  let place: { readonly id: string | undefined; readonly index: number } | null = null;
  const indexOf = (root: ShadowRoot, id: string | undefined): number =>
    rows(root).findIndex(({ dataset }) => dataset["id"] === id);

  return {
    before(root) {
      const { activeElement } = root;
      if (activeElement === null) place = null;
      else if (activeElement.closest("dialog") === null) {
        const id = activeElement.closest<HTMLElement>("[data-id]")?.dataset["id"];
        place = { id, index: indexOf(root, id) };
      } else if (place !== null) {
        // Rows may come and go below the question.
        const index = indexOf(root, place.id);
        if (index >= 0) place = { ...place, index };
      }
    },
    after(root) {
      if (place === null || root.activeElement !== null) return;
      const { index } = place;
      const all = rows(root);
      const row = index < 0 ? undefined : (all[index] ?? all.at(-1));
      const target = row ?? root.querySelector("#others") ?? root.querySelector("section");
      if (target instanceof HTMLElement) target.focus();
    },
  };
}

/** Into the field when renaming starts, back to what started it when it ends. */
export function moveFocusForRenaming(
  root: ShadowRoot,
  before: string | null,
  now: string | null,
): void {
  const find = <Found extends HTMLElement>(id: string, kind: new () => Found, part: string) => {
    const row = rows(root).find(({ dataset }) => dataset["id"] === id);
    const found = row?.querySelector(part);
    return found instanceof kind ? found : null;
  };
  if (now !== null) {
    const field = find(now, HTMLInputElement, "input");
    field?.focus();
    field?.select();
  } else if (before !== null && root.activeElement === null) {
    find(before, HTMLButtonElement, ".square")?.focus();
  }
}

function rows(root: ShadowRoot): readonly HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("[data-id]")];
}
