import { createHmac, createPublicKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { createKeyRing } from "rollcall";
import { expect, test } from "vitest";
import { open, refusal, secret, user } from "../support/sessions.js";

// OWASP ASVS 5.0, V9.1: where a token comes from, and that nobody has touched it.

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (part = ""): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, "base64url").toString());

test("9.1.1: any change of a token is found before its content counts", async () => {
  const { sessions } = open();
  const { token } = (await sessions.start(user)).tokens.accessToken;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(token.length - 1),
      fc.constantFrom(..."Az09-_."),
      async (at, letter) => {
        fc.pre(token[at] !== letter);
        const altered = token.slice(0, at) + letter + token.slice(at + 1);
        expect((await refusal(sessions.verify(altered))).code).toBe("credential_invalid");
      },
    ),
    { numRuns: 300 },
  );
});

test("9.1.2: none, another algorithm and a confusion of keys are refused", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = createKeyRing([{ id: "a", secret, signing: { alg: "ES256", privateKey } }]);
  const { sessions } = open({ keys });
  const { token } = (await sessions.start(user)).tokens.accessToken;
  const [header, payload = ""] = token.split(".");
  expect(decode(header)).toMatchObject({ alg: "ES256", kid: "a" });
  await sessions.verify(token);
  const publicKeys = [
    createPublicKey(privateKey).export({ type: "spki", format: "pem" }),
    JSON.stringify(sessions.jwks().keys[0]),
  ];
  for (const alg of ["none", "None", "HS256", "HS512", "RS256", "EdDSA"]) {
    const signed = `${encode({ ...decode(header), alg })}.${payload}`;
    for (const key of publicKeys) {
      const mac = createHmac("sha256", key).update(signed).digest("base64url");
      expect((await refusal(sessions.verify(`${signed}.${mac}`))).reason, alg).toBe("forged");
    }
    expect((await refusal(sessions.verify(`${signed}.`))).reason, alg).toBe("forged");
  }
});

test("9.1.3: keys come from the ring alone, whatever the header of a token offers", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const keys = createKeyRing([{ id: "a", secret, signing: { alg: "ES256", privateKey } }]);
  const theirs = open({ keys });
  const forged = (await theirs.sessions.start(user)).tokens.accessToken.token;
  const [header, payload, signature] = forged.split(".");
  const { sessions } = open();
  for (const more of [
    { jwk },
    { jku: "https://evil.example/keys" },
    { x5u: "https://evil.example/cert" },
    { x5c: ["MIIB"] },
    { kid: "../../etc/passwd" },
    {},
  ]) {
    const token = `${encode({ ...decode(header), ...more })}.${payload}.${signature}`;
    expect((await refusal(sessions.verify(token))).reason, JSON.stringify(more)).toBe("forged");
  }
});
