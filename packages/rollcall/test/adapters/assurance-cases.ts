import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";
import type { Device, Stage, Transport } from "./stage.js";
import type { Answer } from "./wire.js";

// How sure and how long ago (contract §1.23), and the way to be surer (RFC 9470).

const ADA = { type: "user", id: "ada" };

function expectRequired(answer: Answer, required: object, challenge: string): void {
  expect([answer.status, answer.json], answer.text).toEqual([
    403,
    { error: expect.any(String), errorCode: "EC006", required },
  ]);
  expect(answer.headers.get("www-authenticate")).toBe(
    `Bearer error="insufficient_user_authentication", ${challenge}`,
  );
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.getSetCookie()).toEqual([]);
}

/** Authenticates again; returns the access token that counts from now on. */
async function stepUp(device: Device, transport: Transport, level: string): Promise<string> {
  const answer = await device.send("POST", "/step-up", { body: { level } });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  if (transport === "bearer") {
    expect(answer.headers.getSetCookie()).toEqual([]);
    return answer.json.tokens.accessToken.token;
  }
  expect(answer.headers.getSetCookie()).toHaveLength(2);
  expect(answer.text).not.toContain(device.tokens().access);
  return device.tokens().access;
}

const bearing = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

const levelOf = async ({ sessions }: Stage, { sessionId }: Device): Promise<unknown> =>
  (await sessions.get(ADA, sessionId))?.level;

export const assuranceCases: readonly ContractCase[] = [
  ...overBothTransports(
    "guard: whoever was authenticated too long ago is told so, and passes once that was done again",
    async (stage, transport) => {
      const laptop = await stage.device({ transport });
      expect((await laptop.send("GET", "/fresh")).status).toBe(200);
      stage.clock.advance(600_000);
      // A refresh renews the tokens, and nothing of the authentication.
      const body = { refreshToken: laptop.tokens().refresh };
      const refreshed =
        transport === "cookie"
          ? await laptop.send("GET", "/guarded")
          : await stage.wire.send("POST", "/auth/refresh", { body });
      expect(refreshed.status, refreshed.text).toBe(200);
      const access =
        transport === "cookie" ? laptop.tokens().access : refreshed.json.tokens.accessToken.token;
      const sent = transport === "cookie" ? {} : bearing(access);
      const old = await laptop.send("GET", "/fresh", sent);
      expectRequired(old, { maxAge: 600 }, 'max_age="600"');
      const answer = await laptop.send("POST", "/step-up", { ...sent, body: { level: "aal1" } });
      expect(answer.status, answer.text).toBe(200);
      const now = transport === "cookie" ? {} : bearing(answer.json.tokens.accessToken.token);
      expect((await laptop.send("GET", "/fresh", now)).status).toBe(200);
    },
  ),

  ...overBothTransports(
    "guard: whoever is not sure enough is told so, and passes once they are",
    async (stage, transport) => {
      const laptop = await stage.device({ transport });
      const required = { level: "aal3" };
      expectRequired(await laptop.send("GET", "/sure"), required, 'acr_values="aal3"');
      const middle = await stepUp(laptop, transport, "aal2");
      const sent = transport === "cookie" ? {} : bearing(middle);
      expectRequired(await laptop.send("GET", "/sure", sent), required, 'acr_values="aal3"');
      const answer = await laptop.send("POST", "/step-up", { ...sent, body: { level: "aal3" } });
      expect(answer.status, answer.text).toBe(200);
      const now = transport === "cookie" ? {} : bearing(answer.json.tokens.accessToken.token);
      expect((await laptop.send("GET", "/sure", now)).status).toBe(200);
      expect(await levelOf(stage, laptop)).toBe("aal3");
    },
  ),

  ...overBothTransports(
    "step-up: the former tokens are dead at once, and end nothing",
    async (stage, transport) => {
      const laptop = await stage.device({ transport });
      const former = laptop.tokens();
      const access = await stepUp(laptop, transport, "aal3");
      const copied = await stage.wire.send("GET", "/sure", bearing(former.access));
      expect([copied.status, copied.json.errorCode]).toEqual([401, "EC002"]);
      for (const wait of [0, 60_000]) {
        stage.clock.advance(wait);
        const body = { refreshToken: former.refresh };
        const retried = await stage.wire.send("POST", "/auth/refresh", { body });
        expect([retried.status, retried.json]).toEqual([
          401,
          { error: "Invalid refresh token", errorCode: "EC002" },
        ]);
        const signedOut = await stage.wire.send("POST", "/auth/logout", { body });
        expect([signedOut.status, signedOut.json.errorCode]).toEqual([401, "EC002"]);
      }
      const mine = await laptop.send("GET", "/sure", transport === "cookie" ? {} : bearing(access));
      expect(mine.status, mine.text).toBe(200);
    },
  ),

  {
    name: "step-up: cookies of before it are refused, and not cleared",
    async run({ device, wire, clock }) {
      const laptop = await device({ transport: "cookie" });
      const { access, refresh } = laptop.tokens();
      await stepUp(laptop, "cookie", "aal3");
      // A request that was under way: it must not clear what the other answer has set meanwhile.
      for (const wait of [0, 600_000]) {
        clock.advance(wait);
        const Cookie = `__Host-rollcall-at=${access}; __Host-rollcall-rt=${refresh}`;
        const late = await wire.send("GET", "/guarded", { headers: { Cookie } });
        expect([late.status, late.json.errorCode]).toEqual([401, "EC002"]);
        expect(late.headers.getSetCookie()).toEqual([]);
      }
      expect((await laptop.send("GET", "/sure")).status).toBe(200);
    },
  },

  {
    name: "step-up: cookies that have expired are good for it, and go out once",
    async run({ device, clock, sessions }) {
      const laptop = await device({ transport: "cookie" });
      clock.advance(600_000);
      const before = laptop.tokens();
      const answer = await laptop.send("POST", "/step-up", { body: { level: "aal3" } });
      expect(answer.status, answer.text).toBe(200);
      expect(answer.headers.getSetCookie()).toHaveLength(2);
      expect(laptop.tokens().refresh).not.toBe(before.refresh);
      expect((await laptop.send("GET", "/sure")).status).toBe(200);
      expect((await sessions.get(ADA, laptop.sessionId))?.methods).toEqual(["pwd", "otp"]);
    },
  },

  ...overBothTransports(
    "step-up: nobody who is signed out, and nothing from another site",
    async (stage, transport) => {
      const body = { level: "aal3" };
      const missing = await stage.wire.send("POST", "/step-up", { body });
      expect([missing.status, missing.json.errorCode]).toEqual([401, "EC001"]);
      const laptop = await stage.device({ transport });
      if (transport === "cookie") {
        const headers = { Origin: "https://evil.example" };
        const foreign = await laptop.send("POST", "/step-up", { body, headers });
        expect([foreign.status, foreign.json.errorCode]).toEqual([403, "EC007"]);
        expect(await levelOf(stage, laptop)).toBeNull();
      }
      await stage.sessions.revokeAll(ADA);
      const ended = await laptop.send("POST", "/step-up", { body });
      expect([ended.status, ended.json.errorCode]).toEqual([401, "EC002"]);
    },
  ),
];
