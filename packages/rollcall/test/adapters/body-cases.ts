import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";

// Bodies that a framework's parser has read before Rollcall's routes, and those it choked on.

const BIG = JSON.stringify({ refreshToken: "x".repeat(200_000) });

export const bodyCases: readonly ContractCase[] = [
  ...overBothTransports(
    "a parsed body is the application's behind a guard",
    async (stage, transport) => {
      const laptop = await stage.device({ transport });
      const body = { text: "grüß dich, 世界", list: [1, null, { a: true }] };
      const answer = await laptop.send("POST", "/echo", { body });
      expect([answer.status, answer.json]).toEqual([200, body]);
    },
  ),

  {
    name: "a parsed body reaches Rollcall's routes as it was sent",
    async run({ device, wire }) {
      const laptop = await device();
      const path = `/account/sessions/${laptop.sessionId}`;
      const renamed = await laptop.send("PATCH", path, { body: { name: "Küche 🍳" } });
      expect([renamed.status, renamed.json?.session.name]).toEqual([200, "Küche 🍳"]);
      const body = { refreshToken: laptop.tokens().refresh };
      expect((await wire.send("POST", "/auth/refresh", { body })).status).toBe(200);
      expect((await wire.send("POST", "/auth/logout", { body })).status).toBe(200);
    },
  },

  ...overBothTransports("a content type without a body is no body", async (stage, transport) => {
    const laptop = await stage.device({ transport });
    const headers = { "Content-Type": "application/json" };
    for (const [method, path] of [
      ["DELETE", "/account/sessions"],
      ["DELETE", `/account/sessions/${(await stage.device()).sessionId}`],
      ["POST", "/auth/logout"],
    ] as const) {
      const answer = await laptop.send(method, path, { headers });
      expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(200);
    }
  }),

  {
    name: "a body that is no JSON is a 400",
    async run({ device }) {
      const laptop = await device();
      for (const body of ["{", "\u0000", '{"name":']) {
        const path = `/account/sessions/${laptop.sessionId}`;
        expect((await laptop.send("PATCH", path, { body })).status).toBe(400);
        expect((await laptop.send("POST", "/auth/refresh", { body })).status).toBe(400);
      }
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  },

  {
    name: "a body that is no JSON is EC008 on Rollcall's routes",
    async run({ device }) {
      const laptop = await device();
      const path = `/account/sessions/${laptop.sessionId}`;
      for (const answer of [
        await laptop.send("PATCH", path, { body: "{" }),
        await laptop.send("POST", "/auth/refresh", { body: "{" }),
      ]) {
        expect([answer.status, answer.json]).toEqual([
          400,
          { error: expect.any(String), errorCode: "EC008" },
        ]);
        expect(answer.headers.get("cache-control")).toBe("no-store");
      }
    },
  },

  {
    name: "a body beyond the limit is EC008 on Rollcall's routes",
    async run({ wire }) {
      for (const body of [BIG, "x".repeat(2_000_000)]) {
        const answer = await wire.send("POST", "/auth/refresh", { body });
        expect([answer.status, answer.json], answer.text).toEqual([
          400,
          { error: expect.any(String), errorCode: "EC008" },
        ]);
        expect(answer.headers.get("cache-control")).toBe("no-store");
      }
    },
  },

  {
    name: "a content type that is none changes nothing, or is EC008",
    async run({ device, wire }) {
      const body = { refreshToken: (await device()).tokens().refresh };
      const headers = { "Content-Type": "garbage" };
      const answer = await wire.send("POST", "/auth/refresh", { headers, body });
      if (answer.status !== 200)
        expect([answer.status, answer.json?.errorCode]).toEqual([400, "EC008"]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    },
  },

  {
    name: "a body beyond the limit is a 400 or 413, and the server lives on",
    async run({ device, wire }) {
      const laptop = await device();
      for (const path of ["/auth/refresh", "/auth/logout"]) {
        const answer = await laptop.send("POST", path, { body: BIG });
        expect([400, 413]).toContain(answer.status);
        expect(answer.text).not.toContain("xxxx");
        expect((await wire.send("GET", "/open")).json).toEqual({ open: true });
      }
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  },

  {
    name: "a body that nobody reads harms nobody",
    async run({ device, wire }) {
      const laptop = await device();
      // Refused, or answered, before anyone has asked for the body.
      expect((await wire.send("POST", "/account/logout-everywhere", { body: BIG })).status).toBe(
        401,
      );
      expect((await wire.send("PATCH", "/account/sessions/x", { body: BIG })).status).toBe(401);
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  },
];
