/** What is heard of the page around the element. */
export interface PageListener {
  /** The page came to the front, or went behind another. */
  onVisibility(visible: boolean): void;
  /** The line to the network went, or came back. */
  onOnline(): void;
  /** Words have become stale, such as "2 minutes ago", or the language of the page has changed. */
  onStale(): void;
}

const HALF_A_MINUTE = 30_000;

/** Listens to the page; returns the function that stops it. Nothing runs while it is hidden. */
export function followPage(element: Element, listener: PageListener): () => void {
  let ticking: ReturnType<typeof setInterval> | undefined;
  const onVisibility = (): void => {
    const visible = document.visibilityState === "visible";
    clearInterval(ticking);
    if (visible) ticking = setInterval(onStale, HALF_A_MINUTE);
    listener.onVisibility(visible);
  };
  const onLine = (): void => listener.onOnline();
  const onStale = (): void => listener.onStale();
  const listening = new AbortController();
  const { signal } = listening;
  const language = new MutationObserver(onStale);

  document.addEventListener("visibilitychange", onVisibility, { signal });
  window.addEventListener("online", onLine, { signal });
  window.addEventListener("offline", onLine, { signal });
  for (const tree of new Set([document, element.getRootNode()])) {
    language.observe(tree, { attributes: true, attributeFilter: ["lang"], subtree: true });
  }
  onVisibility();

  return () => {
    clearInterval(ticking);
    listening.abort();
    language.disconnect();
  };
}

/** The language that holds at an element: its own, its ancestors', the browser's. */
export function languageAt(element: Element): string {
  let at: Node | null = element;
  while (at !== null) {
    const lang: string | null = at instanceof Element ? at.getAttribute("lang") : null;
    if (lang) return lang;
    // Out of a shadow tree, a page's language holds inside as well.
    at = at instanceof ShadowRoot ? at.host : at.parentNode;
  }
  return navigator.language;
}
