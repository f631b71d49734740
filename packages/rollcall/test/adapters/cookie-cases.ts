import { expect } from "vitest";
import type { ContractCase } from "./contract-case.js";
import { ORIGIN } from "./stage.js";
import type { Answer } from "./wire.js";

// Cookies that change in passing, on routes of the application's own.

const TEN_MINUTES = 600_000;

const ours = (answer: Answer): string[] =>
  answer.headers.getSetCookie().filter((line) => line.startsWith("__Host-rollcall-"));

export const cookieCases: readonly ContractCase[] = [
  {
    name: "sign-in: three cookies, no token in the body, never stored",
    async run({ wire }) {
      const answer = await wire.send("POST", "/auth/login", {
        headers: { Origin: ORIGIN },
        body: { user: "ada", transport: "cookie" },
      });
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.json).sort()).toEqual([
        "accessExpiresAt",
        "accessExpiresIn",
        "refreshExpiresAt",
      ]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.getSetCookie()).toEqual([
        expect.stringMatching(/^__Host-rollcall-at=ey[\w.-]+;/),
        expect.stringMatching(/^__Host-rollcall-rt=rt1[\w.-]+;/),
        expect.stringMatching(/^__Host-rollcall-device=dv1[\w.-]+;/),
      ]);
      for (const line of answer.headers.getSetCookie()) {
        const [, ...attributes] = line.toLowerCase().split("; ");
        const wanted = ["path=/", "secure", "httponly", "samesite=lax"];
        expect(attributes).toEqual(expect.arrayContaining(wanted));
        expect(attributes.join()).toMatch(/max-age=\d+/);
        expect(attributes.join()).not.toContain("domain");
      }
    },
  },

  {
    name: "sign-in again: one browser is one entry",
    async run({ device, sessions }) {
      const laptop = await device({ transport: "cookie" });
      const again = await laptop.send("POST", "/auth/login", {
        body: { user: "ada", transport: "cookie" },
      });
      expect(ours(again)).toHaveLength(3);
      const listed = await laptop.send("GET", "/account/sessions");
      expect(listed.json.sessions).toHaveLength(1);
      expect((await sessions.list({ type: "user", id: "ada" })).sessions).toHaveLength(1);
    },
  },

  {
    name: "two guards on one route: the cookies go out once",
    async run({ device, clock }) {
      const laptop = await device({ transport: "cookie" });
      clock.advance(TEN_MINUTES);
      const answer = await laptop.send("GET", "/twice");
      expect([answer.status, ours(answer).length]).toEqual([200, 2]);
    },
  },

  {
    name: "an expired access cookie is refreshed in passing, and nobody keeps that answer",
    async run({ device, clock }) {
      const laptop = await device({ transport: "cookie" });
      const before = laptop.tokens();
      clock.advance(TEN_MINUTES);
      const answer = await laptop.send("GET", "/guarded");
      expect([answer.status, answer.json.sessionId]).toEqual([200, laptop.sessionId]);
      expect(ours(answer)).toHaveLength(2);
      expect(answer.headers.getSetCookie()).toContain("theme=dark; Path=/");
      expect(answer.headers.getSetCookie()).toHaveLength(3);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(laptop.tokens().refresh).not.toBe(before.refresh);
      const next = await laptop.send("GET", "/guarded");
      expect([next.status, ours(next)]).toEqual([200, []]);
      expect(next.headers.get("cache-control")).toBe("public, max-age=60");
    },
  },

  {
    name: "refreshed in passing on Rollcall's own routes and on a POST of the application's",
    async run({ device, clock }) {
      const laptop = await device({ transport: "cookie" });
      for (const [method, path, body] of [
        ["GET", "/account/sessions", undefined],
        ["POST", "/echo", { a: 1 }],
      ] as const) {
        clock.advance(TEN_MINUTES);
        const answer = await laptop.send(method, path, { body });
        expect([answer.status, ours(answer).length], path).toEqual([200, 2]);
      }
    },
  },

  {
    name: "refreshed in passing with an event stream, which still nobody may transform",
    async run({ device, clock }) {
      const laptop = await device({ transport: "cookie" });
      clock.advance(TEN_MINUTES);
      const { status, headers, abort } = await laptop.open("GET", "/account/sessions/events");
      abort();
      expect([status, headers.getSetCookie().length]).toEqual([200, 2]);
      expect(headers.get("cache-control")).toBe("no-store, no-transform");
    },
  },

  {
    name: "many tabs at once are refreshed to one and the same pair",
    async run({ device, clock }) {
      const laptop = await device({ transport: "cookie" });
      clock.advance(TEN_MINUTES);
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => laptop.open("GET", "/guarded")),
      );
      const pairs = answers.map(({ status, headers, body }) => {
        body.resume();
        expect(status).toBe(200);
        return headers.getSetCookie().find((line) => line.startsWith("__Host-rollcall-rt="));
      });
      expect(new Set(pairs).size).toBe(1);
      expect(pairs[0]).toMatch(/rt1/);
    },
  },

  {
    name: "a SessionError that a handler throws behind the guard takes the new cookies along",
    async run({ device, clock }) {
      const laptop = await device({ transport: "cookie" });
      clock.advance(TEN_MINUTES);
      const answer = await laptop.send("GET", "/refuses");
      expect([answer.status, answer.json.errorCode]).toEqual([403, "EC006"]);
      expect(ours(answer)).toHaveLength(2);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    },
  },

  {
    name: "an answer that begins later than retryWindow leaves the new cookies out, and is still not kept",
    async run({ device, clock }) {
      const laptop = await device({ transport: "cookie" });
      clock.advance(TEN_MINUTES);
      const answer = await laptop.send("GET", "/late");
      expect([answer.status, ours(answer)]).toEqual([200, []]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      // The old ones are still good, since nobody has used the new ones.
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  },

  {
    name: "a wrong user type with an expired access cookie: refused, and refreshed all the same",
    async run({ device, clock }) {
      const laptop = await device({ transport: "cookie" });
      clock.advance(TEN_MINUTES);
      const answer = await laptop.send("GET", "/admins");
      expect([answer.status, answer.json.errorCode, ours(answer).length]).toEqual([
        403,
        "EC003",
        2,
      ]);
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  },

  {
    name: "cookies of an ended session are cleared with their 401",
    async run({ device, sessions, clock }) {
      for (const expired of [false, true]) {
        const laptop = await device({ transport: "cookie" });
        await sessions.revoke({ type: "user", id: "ada" }, laptop.sessionId);
        if (expired) clock.advance(TEN_MINUTES);
        const answer = await laptop.send("GET", "/guarded");
        expect([answer.status, answer.json.errorCode]).toEqual([401, "EC002"]);
        expect(ours(answer)).toEqual([
          expect.stringMatching(/^__Host-rollcall-at=; Max-Age=0; Path=\/; Secure;/),
          expect.stringMatching(/^__Host-rollcall-rt=; Max-Age=0; Path=\/; Secure;/),
        ]);
      }
    },
  },

  {
    name: "with Authorization cookies are ignored, also when it is bad",
    async run({ device, clock }) {
      const laptop = await device({ transport: "cookie" });
      clock.advance(TEN_MINUTES);
      const headers = { Authorization: "Bearer x.y.z" };
      const answer = await laptop.send("GET", "/guarded", { headers });
      expect([answer.status, ours(answer)]).toEqual([401, []]);
    },
  },
];
