import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import * as oauth from "oauth4webapi";
import { createKeyRing, type Sessions, type SigningPair } from "rollcall";
import { createHttp } from "rollcall/http";
import { toNodeHandler } from "rollcall/node";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/core/process/clock.js";
import { listen } from "../support/listen.js";
import { open, secret, user } from "../support/sessions.js";

// Another service checks our access tokens by the JWKS document, as RFC 9068 §4 has it, with a
// library that knows nothing of Rollcall.

const AUDIENCE = "https://api.example";

const pairs: readonly SigningPair[] = [
  { alg: "ES256", privateKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey },
  { alg: "EdDSA", privateKey: generateKeyPairSync("ed25519").privateKey },
];

interface Service {
  readonly sessions: Sessions;
  /** Throws when the token is not good for that audience. */
  validate(token: string, audience?: string): Promise<oauth.JWTAccessTokenClaims>;
}

async function service(signing: SigningPair, clientId?: string): Promise<Service> {
  let handler = toNodeHandler(() => new Response());
  const { url, close } = await listen(
    createServer((request, response) => handler(request, response)),
  );
  onTestFinished(close);
  const { sessions } = open({
    keys: createKeyRing([{ id: "a", secret, signing }]),
    clock: systemClock,
    issuer: url,
    audience: AUDIENCE,
    claimsFor: () => ({ scope: "orders:read orders:write" }),
    ...(clientId === undefined ? {} : { clientId }),
  });
  handler = toNodeHandler(createHttp({ sessions }).fetch);
  const server = { issuer: url, jwks_uri: `${url}/.well-known/jwks.json` };
  return {
    sessions,
    validate(token, audience = AUDIENCE) {
      const headers = { Authorization: `Bearer ${token}` };
      const request = new Request("https://api.example/orders", { headers });
      return oauth.validateJwtAccessToken(server, request, audience, {
        [oauth.allowInsecureRequests]: true,
        signingAlgorithms: [signing.alg === "EdDSA" ? "Ed25519" : "ES256", signing.alg],
      });
    },
  };
}

for (const signing of pairs) {
  test(`${signing.alg}: a resource server accepts an access token by its public key`, async () => {
    const { sessions, validate } = await service(signing, "web");
    const { session, tokens } = await sessions.start(user);
    for (const { token } of [
      tokens.accessToken,
      (await sessions.refresh(tokens.refreshToken.token)).tokens.accessToken,
    ]) {
      expect(await validate(token)).toMatchObject({
        sub: user.id,
        client_id: "web",
        sid: session.id,
        scope: "orders:read orders:write",
        jti: expect.any(String),
        iat: expect.any(Number),
      });
      await expect(validate(token, "https://other.example")).rejects.toThrow(/"aud"/);
      await expect(validate(`${token.slice(0, -4)}AAAA`)).rejects.toThrow();
    }
  });

  test(`${signing.alg}: client_id is the audience unless it is given`, async () => {
    const { sessions, validate } = await service(signing);
    const { tokens } = await sessions.start(user);
    expect((await validate(tokens.accessToken.token)).client_id).toBe(AUDIENCE);
    const { claims } = await sessions.verify(tokens.accessToken.token);
    expect(claims).toEqual({ scope: "orders:read orders:write" });
  });
}
