import type { Sent } from "./sent.js";

/** What a request sent, by name. */
export type Inputs = Readonly<Record<string, Sent>>;

const LIST = /^([^[\]]+)\[\]$/;
/** One part, and none that a database would take for an operator. */
const PART = /^([^[\]]+)\[(?!\$|__proto__\])([^[\]]+)\]$/;

/** Text that means a value; other text without the space around it. */
function read(sent: unknown): unknown {
  if (typeof sent !== "string") return sent;
  const text = sent.trim();
  if (text === "true") return true;
  if (text === "false") return false;
  return text === "null" ? null : text;
}

/**
 * Fields as the package reads them: `ids[]` is a list, `user[name]` a part of an object. Names of
 * more parts stay what they are.
 */
export function readInputs(sent: object): Inputs {
  const inputs = new Map<string, unknown>();
  const wholes = new Map<string, Map<string, unknown>>();
  for (const [field, value] of Object.entries(sent)) {
    const input = Array.isArray(value) ? value.map(read) : read(value);
    const [, list] = LIST.exec(field) ?? [];
    const [, name, part] = PART.exec(field) ?? [];
    if (list !== undefined) {
      inputs.set(list, [inputs.get(list) ?? [], input].flat());
    } else if (name !== undefined && part !== undefined) {
      const whole = wholes.get(name) ?? new Map<string, unknown>();
      wholes.set(name, whole.set(part, input));
    } else {
      inputs.set(field, input);
    }
  }
  for (const [name, whole] of wholes) inputs.set(name, Object.fromEntries(whole));
  // Code that copies inputs by hand would follow it.
  inputs.delete("__proto__");
  return Object.fromEntries(inputs);
}

/** `user.name` reaches into what was sent, unless there is an input of that very name. */
export function inputAt(inputs: Inputs, key: string): unknown {
  if (Object.hasOwn(inputs, key)) return inputs[key];
  let value: unknown = inputs;
  for (const part of key.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** Those of an address or a form: what is named twice is a list. */
export function readFields(fields: URLSearchParams): Inputs {
  const sent = new Map<string, string[]>();
  for (const [name, value] of fields) {
    const known = sent.get(name);
    if (known === undefined) sent.set(name, [value]);
    else known.push(value);
  }
  const entries = [...sent].map(([name, [first, ...more]]) =>
    more.length === 0 ? [name, first] : [name, [first, ...more]],
  );
  return readInputs(Object.fromEntries(entries));
}

/** Those of a JSON body; `null` when it is no JSON. A value alone has no name. */
export function readJsonInputs(text: string): Inputs | null {
  try {
    const sent: unknown = JSON.parse(text, (key, value) =>
      key === "__proto__" ? undefined : value,
    );
    return typeof sent === "object" && sent !== null ? readInputs(sent) : {};
  } catch {
    return null;
  }
}
