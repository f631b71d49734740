import { AssertionError } from "node:assert";
import { memory, memoryDatabase } from "rollcall/memory";
import { manualClock, storeCases } from "rollcall/testing";
import { describe, expect, test } from "vitest";
import { brokenStores } from "../broken-stores/broken-stores.js";

test("the names of cases are unique", () => {
  const names = storeCases.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test("the names of broken stores are unique", () => {
  const names = brokenStores.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

describe("the sound store passes", () => {
  for (const storeCase of storeCases) {
    test(storeCase.name, async () => {
      const database = memoryDatabase();
      const another = async () => memory(database);
      await storeCase.run({ store: memory(database), clock: manualClock(), another });
    });
  }
});

describe("found out: a store that", () => {
  for (const { name, caughtBy, open } of brokenStores) {
    test(`${name}, by "${caughtBy}"`, async () => {
      const storeCase = storeCases.find((one) => one.name === caughtBy);
      if (storeCase === undefined) return expect.unreachable(`there is no case "${caughtBy}"`);
      await expect(storeCase.run(open())).rejects.toBeInstanceOf(AssertionError);
    });
  }
});
