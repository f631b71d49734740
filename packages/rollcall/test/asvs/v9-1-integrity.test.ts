import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyPairKeyObjectResult,
  sign,
} from "node:crypto";
import fc from "fast-check";
import { createKeyRing } from "rollcall";
import { expect, test } from "vitest";
import { open, refusal, secret, user } from "../support/sessions.js";

// OWASP ASVS 5.0, V9.1: where a token comes from, and that nobody has touched it.

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (part = ""): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, "base64url").toString());

test("9.1.1: any change of a token is found before its content counts", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = createKeyRing([{ id: "a", secret, signing: { alg: "ES256", privateKey } }]);
  for (const { sessions } of [open(), open({ keys })]) {
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
    // Other content under the signature of the former.
    const [header, payload, signature] = token.split(".");
    const altered = `${header}.${encode({ ...decode(payload), sub: "grace" })}.${signature}`;
    expect((await refusal(sessions.verify(altered))).reason).toBe("forged");
  }
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
  const pair = (): KeyPairKeyObjectResult => generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signing = { alg: "ES256", privateKey: pair().privateKey } as const;
  const { sessions } = open({ keys: createKeyRing([{ id: "a", secret, signing }]) });
  const { token } = (await sessions.start(user)).tokens.accessToken;
  const [header, payload] = token.split(".");
  await sessions.verify(token);
  // The attacker's signature is right, by the key that the header names or offers.
  const { publicKey, privateKey } = pair();
  for (const more of [
    { jwk: publicKey.export({ format: "jwk" }) },
    { jku: "https://evil.example/keys" },
    { x5u: "https://evil.example/cert" },
    { x5c: [publicKey.export({ type: "spki", format: "der" }).toString("base64")] },
    { kid: "../../etc/passwd" },
    {},
  ]) {
    const signed = `${encode({ ...decode(header), ...more })}.${payload}`;
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
    const forged = `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
    expect((await refusal(sessions.verify(forged))).reason, JSON.stringify(more)).toBe("forged");
  }
});
