import { generateKeyPairSync } from "node:crypto";
import { createKeyRing } from "rollcall";
import { expect, test } from "vitest";
import { ORIGIN, openApp, request } from "../http/app.js";
import { open, refreshToken, refusal, secret, user } from "../support/sessions.js";

// OWASP ASVS 5.0, V9.2: what a token is for, for whom, and how long.

test("9.2.1: a token is good until its end, to the second, and not a second longer", async () => {
  const { sessions, clock } = open();
  const { token, expiresAt } = (await sessions.start(user)).tokens.accessToken;
  clock.advance(expiresAt.getTime() - clock.now() - 1);
  await sessions.verify(token);
  clock.advance(1);
  expect((await refusal(sessions.verify(token))).reason).toBe("expired");
});

test("9.2.2: no kind of token passes for another", async () => {
  const kinds = { key: { refresh: false, prefix: "acme" } } as const;
  const { http, sessions } = openApp({ cookies: true, origin: ORIGIN }, { kinds });
  const { headers } = await http.signIn(
    request("POST", "/", { headers: { Origin: ORIGIN } }),
    user,
    { transport: "cookie" },
  );
  const cookies = Object.fromEntries(
    headers.getSetCookie().map((line) => /rollcall-(\w+)=([^;]+)/.exec(line)?.slice(1) ?? []),
  );
  const key = await sessions.createApiKey(user, { name: "CI", scopes: ["orders:read"] });
  const access = cookies["at"] ?? "";
  const refresh = cookies["rt"] ?? "";
  const device = cookies["device"] ?? "";
  expect([access, refresh, device].every((one) => one.length > 20)).toBe(true);
  await sessions.verify(access);
  for (const token of [refresh, device]) {
    expect((await refusal(sessions.verify(token))).code).toBe("credential_invalid");
  }
  for (const token of [access, device, key.token]) {
    expect((await refusal(sessions.refresh(token))).code).toBe("credential_invalid");
  }
  for (const token of [access, refresh, key.token]) {
    expect(sessions.devices.verify(token)).toBeNull();
  }
  // An API key is no proof of a person: a guard that does not ask for scopes refuses it.
  const guard = http.guard(() => new Response());
  expect((await guard(request("GET", "/", { token: key.token }))).status).toBe(403);
});

test("9.2.3: a token for another audience, or of another issuer, is refused", async () => {
  // A key pair is shared as it is. Keys made of a secret differ by issuer, which alone would do.
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = createKeyRing([{ id: "a", secret, signing: { alg: "ES256", privateKey } }]);
  for (const shared of [{}, { keys }]) {
    const here = open({ ...shared, issuer: "https://id.example", audience: "shop" }).sessions;
    for (const options of [
      { issuer: "https://id.example", audience: "admin" },
      { issuer: "https://other.example", audience: "shop" },
    ]) {
      const elsewhere = open({ ...shared, ...options }).sessions;
      const signIn = await elsewhere.start(user);
      const { token } = signIn.tokens.accessToken;
      expect((await refusal(here.verify(token))).reason).toBe("forged");
      expect((await refusal(here.refresh(refreshToken(signIn)))).code).toBe("credential_invalid");
    }
  }
});

test("9.2.4: every access token names its one audience", async () => {
  const { sessions } = open({ issuer: "https://id.example", audience: "shop" });
  const signIn = await sessions.start(user);
  const again = await sessions.refresh(refreshToken(signIn));
  for (const { accessToken } of [signIn.tokens, again.tokens]) {
    const [, payload = ""] = accessToken.token.split(".");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      iss: "https://id.example",
      aud: "shop",
    });
  }
  // An application cannot widen it by a claim.
  const widened = open({ claimsFor: () => ({ aud: ["shop", "admin"] }) }).sessions;
  await expect(widened.start(user)).rejects.toThrow(/aud/);
});
