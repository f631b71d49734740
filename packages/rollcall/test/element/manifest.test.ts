import { readdirSync, readFileSync } from "node:fs";
import { RollcallSessions } from "rollcall/element";
import { describe, expect, test } from "vitest";
import manifest from "../../src/element/custom-elements.json" with { type: "json" };

const FOLDER = new URL("../../src/element/", import.meta.url);
const observed = RollcallSessions.observedAttributes;
const source = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(new URL(file, FOLDER), "utf8"))
  .join("\n");

const declaration = manifest.modules.flatMap(({ declarations = [] }) => declarations)[0];
const names = (of: readonly { readonly name: string }[] | undefined): readonly string[] =>
  (of ?? []).map(({ name }) => name).toSorted();
/** What a pattern catches in the source, each once. */
const inSource = (pattern: RegExp): readonly string[] =>
  [...new Set([...source.matchAll(pattern)].map((match) => match[1] ?? ""))].toSorted();

describe("the custom-elements manifest says what is there", () => {
  test("attributes and properties", () => {
    const properties = Object.entries(RollcallSessions.properties).map(([name, { attribute }]) => [
      name,
      attribute,
    ]);
    const fields = declaration?.members.filter(({ kind }) => kind === "field");
    expect(fields?.map(({ name, attribute }) => [name, attribute])).toEqual(properties);
    const attributes = properties.flatMap(([, attribute]) => (attribute ? [attribute] : []));
    expect(attributes.toSorted()).toEqual(observed.toSorted());
    expect(names(declaration?.attributes)).toEqual([...attributes, "lang"].toSorted());
    for (const { name, fieldName } of declaration?.attributes ?? []) {
      if (name !== "lang") expect(properties).toContainEqual([fieldName, name]);
    }
  });

  test("methods", () => {
    const own = [RollcallSessions, Object.getPrototypeOf(RollcallSessions)].flatMap(
      ({ prototype }) => Object.getOwnPropertyNames(prototype),
    );
    const methods = declaration?.members.filter(({ kind }) => kind === "method");
    const inherited = [
      "constructor",
      "connectedCallback",
      "disconnectedCallback",
      "willUpdate",
      "render",
      "updated",
    ];
    // What only the element itself uses (protected).
    const inside = ["clientInUse", "draw", "emit", "goToSignIn", "groups", "language", "now"];
    inherited.push(...inside, "readAgain", "say");
    const properties = Object.keys(RollcallSessions.properties);
    expect(names(methods)).toEqual(
      own.filter((name) => !inherited.includes(name) && !properties.includes(name)).toSorted(),
    );
  });

  test("events", () => {
    expect(names(declaration?.events)).toEqual(inSource(/"(rollcall-[a-z-]+)": CustomEvent/g));
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
    expect(names(declaration?.cssParts)).toEqual([...new Set(parts)].toSorted());
  });

  test("everything has words", () => {
    for (const list of [declaration?.events, declaration?.cssProperties, declaration?.cssParts]) {
      for (const { description } of list ?? []) expect(description).toMatch(/\w.*\.$/);
    }
  });
});

test("in Node the element can be imported, as server-side rendering does", async () => {
  await expect(import("../../src/element/index.js")).resolves.toHaveProperty("RollcallSessions");
});
