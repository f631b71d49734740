/** What the page reports to the element. */
export interface PageListener {
  /** The page became visible or hidden. */
  onVisibility(visible: boolean): void;
  /** The network went away or came back. */
  onOnline(): void;
  /** Relative times such as "2 minutes ago" are outdated, or the language of the page has changed. */
  onStale(): void;
}

const HALF_A_MINUTE = 30_000;

/** Listens to the page; returns a function that stops. No timer runs while the page is hidden. */
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

/** The language of an element: its own `lang`, that of an ancestor, or the browser's. */
export function languageAt(element: Element): string {
  let at: Node | null = element;
  while (at !== null) {
    const lang: string | null = at instanceof Element ? at.getAttribute("lang") : null;
    if (lang) return lang;
    // Cross shadow roots: the language of the page applies inside them too.
    at = at instanceof ShadowRoot ? at.host : at.parentNode;
  }
  return navigator.language;
}
