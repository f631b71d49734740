import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { arrivedAt, noteArrival } from "../../src/http/arrival.js";
import { open } from "../support/sessions.js";

const skewed = (clockSkew: number | null) => {
  const { sessions } = open();
  return { health: () => ({ ...sessions.health(), clockSkew }) };
};

test.each([
  [null, 0],
  [0, 0],
  [2500.4, -2500.4],
  [-10_000, 10_000],
  // Nobody goes by a clock that is as far off as this; it is reported.
  [3_600_000, 0],
])("a process %j ms ahead dates a request %j ms by the database's clock", (skew, moved) => {
  const clock = manualClock();
  const request = new Request("https://app.example/");
  expect(arrivedAt(request, clock, skewed(skew))).toBeUndefined();
  noteArrival(request, { connection: {}, at: performance.now() + 1000 });
  const at = arrivedAt(request, clock, skewed(skew))?.getTime();
  expect(at).toBe(Math.floor(clock.now() + moved));
});
