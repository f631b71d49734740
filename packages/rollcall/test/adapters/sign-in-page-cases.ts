import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";
import type { Answer } from "./wire.js";

// `signInPage`: where a guard sends a browser that is signed out.

const HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const NAVIGATION = { Accept: HTML, "Sec-Fetch-Mode": "navigate" };

function expectSent(answer: Answer, wanted: string): void {
  expect(answer.status, answer.text).toBe(303);
  const to = `/welcome?lang=en&returnTo=${encodeURIComponent(wanted)}`;
  expect(answer.headers.get("location")).toBe(to);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.text).toBe("");
}

function expectRefused(answer: Answer, errorCode = "EC001"): void {
  expect([answer.status, answer.json?.errorCode], answer.text).toEqual([401, errorCode]);
  expect(answer.headers.get("location")).toBeNull();
}

export const signInPageCases: readonly ContractCase[] = [
  {
    name: "sign-in page: a browser that opens a page is sent there, with the way back",
    async run({ wire }) {
      const path = "/inbox?folder=new&to=%2F%2Fevil.example";
      for (const headers of [NAVIGATION, { Accept: HTML }]) {
        expectSent(await wire.send("GET", path, { headers }), path);
        expectSent(await wire.send("HEAD", path, { headers }), path);
      }
    },
  },

  {
    name: "sign-in page: calls get their 401, whatever they accept",
    async run({ wire }) {
      for (const headers of [
        {},
        { Accept: "*/*" },
        { Accept: "application/json" },
        { Accept: HTML, "Sec-Fetch-Mode": "cors" },
        { Accept: HTML, "Sec-Fetch-Mode": "same-origin" },
        { "Sec-Fetch-Mode": "no-cors" },
      ]) {
        expectRefused(await wire.send("GET", "/inbox", { headers }));
      }
      // A form that is sent, too: its answer is no way back.
      expectRefused(await wire.send("POST", "/inbox", { headers: NAVIGATION }));
      const headers = { ...NAVIGATION, Authorization: "Bearer x.y.z" };
      expectRefused(await wire.send("GET", "/inbox", { headers }), "EC002");
      expectRefused(await wire.send("GET", "/guarded", { headers: NAVIGATION }));
    },
  },

  ...overBothTransports(
    "sign-in page: nobody is sent there who is signed in",
    async (stage, transport) => {
      const laptop = await stage.device({ transport });
      const answer = await laptop.send("GET", "/inbox", { headers: NAVIGATION });
      expect([answer.status, answer.json]).toEqual([200, { user: { type: "user", id: "ada" } }]);
      stage.store.away = true;
      stage.clock.advance(10_000);
      const unknown = await laptop.send("GET", "/inbox", { headers: NAVIGATION });
      expect([unknown.status, unknown.json?.errorCode]).toEqual([503, "EC005"]);
      stage.store.away = false;
    },
  ),

  {
    name: "sign-in page: whoever was signed out is sent there, and the dead cookies go",
    async run({ device, sessions }) {
      const laptop = await device({ transport: "cookie" });
      await sessions.revokeAll({ type: "user", id: "ada" });
      const answer = await laptop.send("GET", "/inbox", { headers: NAVIGATION });
      expectSent(answer, "/inbox");
      const cleared = answer.headers.getSetCookie().map((line) => line.includes("Max-Age=0"));
      expect(cleared).toEqual([true, true]);
    },
  },
];
