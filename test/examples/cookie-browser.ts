/** How the browser knows the application, wherever that listens. */
export const ORIGIN = "https://app.example";

/** A browser as far as its cookies go: it keeps them, sends them, and follows a 307 with them. */
export interface Browser {
  readonly cookies: Map<string, string>;
  /** Gives the answer when all of it is here: some servers save on its last byte. */
  send(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }>;
  /** The status and the parsed body. */
  json(method: string, path: string): Promise<[status: number, body: unknown]>;
  /** Another application at what is the same address for the browser. */
  goTo(url: string): void;
  /** Whoever got hold of its cookies. */
  copy(): Browser;
}

export function openBrowser(url: string, kept: Iterable<[string, string]> = []): Browser {
  const cookies = new Map(kept);
  const state = { url };

  const take = (line: string): void => {
    const [pair = "", ...attributes] = line.split("; ");
    const name = pair.slice(0, pair.indexOf("="));
    const isOver = attributes.some((attribute) => {
      const [key = "", value = ""] = attribute.split("=");
      return key.toLowerCase() === "max-age"
        ? Number(value) <= 0
        : key.toLowerCase() === "expires" && Date.parse(value) <= Date.now();
    });
    if (isOver) cookies.delete(name);
    else cookies.set(name, pair.slice(name.length + 1));
  };

  const send: Browser["send"] = async (method, path, body) => {
    const headers = new Headers({ "Sec-Fetch-Site": "same-origin", Origin: ORIGIN });
    if (cookies.size > 0) {
      headers.set("Cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const answer = await fetch(`${state.url}${path}`, {
      method,
      headers,
      redirect: "manual",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) take(line);
    const text = await answer.text();
    if (answer.status !== 307) return { status: answer.status, text };
    const location = answer.headers.get("location");
    if (!location?.startsWith(`${ORIGIN}/`)) throw new Error(`it is sent away, to ${location}`);
    return await send(method, location.slice(ORIGIN.length), body);
  };

  return {
    cookies,
    send,
    async json(method, path) {
      const { status, text } = await send(method, path);
      return [status, JSON.parse(text)];
    },
    goTo(other) {
      state.url = other;
    },
    copy: () => openBrowser(state.url, cookies),
  };
}
