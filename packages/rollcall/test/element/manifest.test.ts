import { readdirSync, readFileSync } from "node:fs";
import { RollcallApiKeys, RollcallSessions } from "rollcall/element";
import { describe, expect, test } from "vitest";
import manifest from "../../src/element/custom-elements.json" with { type: "json" };

const FOLDER = new URL("../../src/element/", import.meta.url);
const read = (folder: string): string =>
  readdirSync(new URL(folder, FOLDER))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(new URL(folder + file, FOLDER), "utf8"))
    .join("\n");
const [shared, ofKeys] = [read("./"), read("api-keys/")];

/** What each element has of the source, and what of the shared source it has not. */
const ELEMENTS: readonly {
  readonly element: typeof RollcallSessions | typeof RollcallApiKeys;
  readonly source: string;
  readonly others: readonly string[];
  readonly lacks: readonly string[];
}[] = [
  { element: RollcallSessions, source: shared, others: ["rollcall-key-created"], lacks: [] },
  {
    element: RollcallApiKeys,
    source: shared + ofKeys,
    others: [],
    lacks: ["everywhere-button", "group-title", "keys", "more-button", "others-button"],
  },
];

const names = (of: readonly { readonly name: string }[] | undefined): readonly string[] =>
  (of ?? []).map(({ name }) => name).toSorted();

describe.each(ELEMENTS)(
  "the custom-elements manifest says what is there: $element.name",
  ({ element, source, others, lacks }) => {
    const declaration = manifest.modules
      .flatMap(({ declarations = [] }) => declarations)
      .find(({ name }) => name === element.name);
    /** What a pattern catches in the source, each once. */
    const inSource = (pattern: RegExp): readonly string[] =>
      [...new Set([...source.matchAll(pattern)].map((match) => match[1] ?? ""))].toSorted();

    test("attributes and properties", () => {
      const properties = Object.entries(element.properties).map(([name, { attribute }]) => [
        name,
        attribute,
      ]);
      const fields = declaration?.members.filter(({ kind }) => kind === "field");
      expect(fields?.map(({ name, attribute }) => [name, attribute])).toEqual(properties);
      const attributes = properties.flatMap(([, attribute]) => (attribute ? [attribute] : []));
      expect(attributes.toSorted()).toEqual(element.observedAttributes.toSorted());
      expect(names(declaration?.attributes)).toEqual([...attributes, "lang"].toSorted());
      for (const { name, fieldName } of declaration?.attributes ?? []) {
        if (name !== "lang") expect(properties).toContainEqual([fieldName, name]);
      }
    });

    test("methods", () => {
      const methods = declaration?.members.filter(({ kind }) => kind === "method");
      const inherited = [
        "constructor",
        "connectedCallback",
        "disconnectedCallback",
        "willUpdate",
        "render",
        "updated",
      ];
      // What only the elements themselves use (protected).
      const inside = [
        "clientInUse",
        "draw",
        "emit",
        "goToSignIn",
        "groups",
        "language",
        "now",
        "readAgain",
        "say",
      ];
      const own = [element, Object.getPrototypeOf(element)].flatMap(({ prototype }) =>
        Object.getOwnPropertyNames(prototype),
      );
      const hidden = [...inherited, ...inside, ...Object.keys(element.properties)];
      expect(names(methods)).toEqual(own.filter((name) => !hidden.includes(name)).toSorted());
    });

    test("events", () => {
      const declared = [...names(declaration?.events), ...others].toSorted();
      expect(declared).toEqual(inSource(/"(rollcall-[a-z-]+)": CustomEvent/g));
      expect(names(declaration?.events)).toEqual(inSource(/emit\(\s*"(rollcall-[a-z-]+)"/g));
    });

    test("custom properties", () => {
      expect(names(declaration?.cssProperties)).toEqual(inSource(/var\((--rollcall-[a-z-]+)/g));
    });

    test("parts", () => {
      const parts = [
        ...inSource(/\bpart="([^"$]+)/g),
        ...inSource(/\bpart: "([^"]+)"/g),
        ...inSource(/\bpart\.add\("([^"]+)"/g),
      ].flatMap((part) => part.trim().split(" "));
      const own = [...new Set(parts)].filter((part) => !lacks.includes(part));
      expect(names(declaration?.cssParts)).toEqual(own.toSorted());
    });

    test("everything has words", () => {
      for (const list of [declaration?.events, declaration?.cssProperties, declaration?.cssParts]) {
        for (const { description } of list ?? []) expect(description).toMatch(/\w.*\.$/);
      }
    });
  },
);

test("in Node the element can be imported, as server-side rendering does", async () => {
  await expect(import("../../src/element/index.js")).resolves.toHaveProperty("RollcallSessions");
});
