import { expect, test } from "vitest";
import { FAULTS } from "./faults.js";
import { schedule } from "./schedule.js";

test("the same seed gives the same faults, however many rounds", () => {
  expect(schedule(7, 3, 4)).toEqual(schedule(7, 3, 4));
  expect(schedule(7, 3, 4).slice(0, schedule(7, 1, 4).length)).toEqual(schedule(7, 1, 4));
  expect(schedule(8, 3, 4)).not.toEqual(schedule(7, 3, 4));
});

test("each round holds each fault once, and lasts longer than maxStaleness", () => {
  const names = Object.keys(FAULTS);
  const planned = schedule(1, 4, 4);
  for (let round = 0; round < 4; round += 1) {
    const here = planned.slice(round * names.length, (round + 1) * names.length);
    expect(here.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  }
  for (const { lasting, server } of planned) {
    expect(lasting).toBeGreaterThan(2000);
    expect([0, 1, 2, 3]).toContain(server);
  }
});
