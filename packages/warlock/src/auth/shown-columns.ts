import type { Sent } from "../core/sent.js";

/** What a model says of the columns that may leave the server, by the package's names. */
export interface ShownColumns {
  /** Only these are shown; none of them, or no list at all, means all. */
  readonly toJsonColumns?: readonly string[] | undefined;
  /** Never shown, whatever else is said. */
  readonly hidden?: readonly string[] | undefined;
  /** Its instances turn what they are given into JSON. */
  readonly resource?: (new (data: Sent) => { toJSON(): Sent }) | undefined;
  /** Only these are given to the resource. */
  readonly resourceColumns?: readonly string[] | undefined;
}

const LISTS = ["toJsonColumns", "hidden", "resourceColumns"] as const;
/** Never shown, whatever a model says. */
const PASSWORD = "password";

/** What a model's class says of its columns. @throws TypeError for what would hide nothing. */
export function readShownColumns(model: object): ShownColumns {
  const columns: Partial<Record<(typeof LISTS)[number], readonly string[]>> = {};
  for (const name of LISTS) {
    const list: unknown = Reflect.get(model, name);
    if (list === undefined) continue;
    if (!isListOfNames(list)) {
      throw new TypeError(`${nameOf(model)}.${name} must be an array of names of columns`);
    }
    columns[name] = list;
  }
  const resource: Sent = Reflect.get(model, "resource");
  if (resource === undefined) return columns;
  if (typeof resource !== "function" || typeof resource.prototype?.toJSON !== "function") {
    throw new TypeError(`${nameOf(model)}.resource must be a class with a toJSON()`);
  }
  return { ...columns, resource };
}

/** The columns of a row that may be shown, as JSON. */
export function show(row: Readonly<Record<string, unknown>>, model: object): Sent {
  const { toJsonColumns, hidden = [], resource, resourceColumns } = readShownColumns(model);
  const wanted = resource === undefined ? toJsonColumns : resourceColumns;
  const shown = Object.entries(row).filter(([column]) => {
    if (column === PASSWORD || hidden.includes(column)) return false;
    return wanted === undefined || wanted.length === 0 || wanted.includes(column);
  });
  const data = Object.fromEntries(shown);
  return resource === undefined ? data : new resource(data).toJSON();
}

function isListOfNames(list: unknown): list is readonly string[] {
  // Of a path, such as "profile.pin", nothing would be hidden.
  return (
    Array.isArray(list) && list.every((name) => typeof name === "string" && /^[^.]+$/.test(name))
  );
}

function nameOf(model: object): string {
  return typeof model === "function" && model.name !== "" ? model.name : "the model";
}
