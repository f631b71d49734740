import { createHttp } from "rollcall/http";
import { expect, test } from "vitest";
import { open, refusal } from "../../packages/rollcall/test/support/sessions.js";
import { createLogin, type Login } from "../login.js";
import type { Throttle } from "../throttle.js";
import type { KnownUser } from "../users.js";

const unlimited: Throttle = { attempt: (_account, _address, attempt) => attempt() };

/** A sign-in during which something happens while the password is being checked. */
function openLogin(meanwhile: (opened: ReturnType<typeof open>) => Promise<unknown>): Login {
  const opened = open();
  const { sessions, clock } = opened;
  const stored = { id: "ada", email: "ada@example.com", passwordHash: "old" };
  const read = async (): Promise<KnownUser> => ({ ...stored, readAt: new Date(clock.now()) });
  return createLogin({
    http: createHttp({ sessions, clock }),
    users: { byEmail: read },
    throttle: unlimited,
    passwords: {
      async check(hash) {
        clock.advance(1);
        await meanwhile(opened);
        return hash === "old";
      },
    },
  });
}

const request = (): Request =>
  new Request("http://localhost/auth/login", {
    method: "POST",
    body: JSON.stringify({ email: "ada@example.com", password: "x" }),
  });

test('a password that was read before "everywhere" opens nothing after it', async () => {
  const login = openLogin(({ sessions }) => sessions.revokeAll({ type: "user", id: "ada" }));
  const error = await refusal(login(request(), undefined));
  expect([error.status, error.reason]).toEqual([401, "proof_outdated"]);
});

test("that of another user type does not matter", async () => {
  const login = openLogin(({ sessions }) => sessions.revokeAll({ type: "staff", id: "ada" }));
  expect((await login(request(), undefined)).status).toBe(200);
});
