import type { Answer } from "./wire.js";

/** What a browser sends of the form on a page that Next made, whose only field is its action. */
export function formOf(
  page: Answer,
  headers: Readonly<Record<string, string>>,
): { body: string; headers: Record<string, string> } {
  const [, action] = /name="(\$ACTION_ID_[0-9a-f]+)"/.exec(page.text) ?? [];
  return {
    body: `--x\r\nContent-Disposition: form-data; name="${action}"\r\n\r\n\r\n--x--\r\n`,
    headers: { ...headers, "Content-Type": "multipart/form-data; boundary=x" },
  };
}
