import { createHmac, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { createLocalJWKSet, jwtVerify, UnsecuredJWT } from "jose";
import type { SessionId } from "rollcall";
import { createKeyRing, type KeyRing } from "rollcall";
import { expect, test } from "vitest";
import { isSessionId } from "../../src/core/model/session.js";
import { openAccessToken, signAccessToken } from "../../src/core/tokens/access-token.js";
import type { BoundRing } from "../../src/core/tokens/bound-ring.js";
import { ringAccess } from "../../src/core/tokens/key-ring.js";
import { decodeRefreshToken, encodeRefreshToken } from "../../src/core/tokens/refresh-token.js";

const secretA = "a".repeat(32);
const secretB = "b".repeat(32);
const DAY = 86_400_000;

function sessionId(text = "11111111-2222-4333-8444-555555555555"): SessionId {
  if (!isSessionId(text)) throw new Error("not an id");
  return text;
}

function bind(
  ring: KeyRing,
  issuer = "test",
  now = (): number => 0,
  idleTimeout = 7 * DAY,
): BoundRing {
  return ring[ringAccess].bind({
    issuer,
    now,
    idleTimeout,
    dropped: () => {},
    compromised: async () => 0,
  });
}

const claims = {
  user: { type: "user", id: "7" },
  sessionId: sessionId(),
  generation: 3,
  issuedAt: 1_000_000,
  expiresAt: 2_000_000,
  pending: false,
  context: { kind: null, authenticatedAt: 900_000, methods: null, level: null, actor: null },
  extra: { role: "admin" },
};

const pairs = [
  { alg: "ES256", privateKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey },
  { alg: "EdDSA", privateKey: generateKeyPairSync("ed25519").privateKey },
] as const;

const rings = [
  { name: "HS256", ring: createKeyRing([{ id: "a", secret: secretA }]) },
  ...pairs.map((signing) => ({
    name: signing.alg,
    ring: createKeyRing([{ id: "a", secret: secretA, signing }]),
  })),
];

for (const { name, ring } of rings) {
  const terms = { issuer: "test", audience: "app", clientId: "web", ring: bind(ring) };

  test(`${name}: a token says what was signed, in the shape of contract §3.1`, () => {
    const token = signAccessToken(claims, terms);
    expect(openAccessToken(token, terms)).toEqual(claims);
    const [header = "", payload = ""] = token.split(".");
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({
      alg: name,
      typ: "at+jwt",
      kid: "a",
    });
    expect(Object.keys(JSON.parse(Buffer.from(payload, "base64url").toString())).sort()).toEqual(
      [
        "role",
        "iss",
        "aud",
        "client_id",
        "sub",
        "ut",
        "sid",
        "gen",
        "iat",
        "exp",
        "jti",
        "auth_time",
      ].sort(),
    );
  });

  test(`${name}: a token says what its session says of itself, by the names of the RFCs`, () => {
    const staff = { user: { type: "staff", id: "9" }, sessionId: sessionId() };
    const context = {
      ...{ kind: "mobile", authenticatedAt: 900_000, methods: ["pwd", "otp"], level: "aal2" },
      actor: staff,
    };
    const token = signAccessToken({ ...claims, context }, terms);
    expect(openAccessToken(token, terms)).toEqual({ ...claims, context });
    const [, payload = ""] = token.split(".");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      ...{ auth_time: 900, amr: ["pwd", "otp"], acr: "aal2", rollcall_kind: "mobile" },
      act: { sub: "9", ut: "staff", sid: staff.sessionId },
    });
  });

  test(`${name}: any altered character is refused`, () => {
    const token = signAccessToken(claims, terms);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(..."ABCxyz019-_.="), (at, letter) => {
        fc.pre(token[at] !== letter);
        const altered = token.slice(0, at) + letter + token.slice(at + 1);
        expect(openAccessToken(altered, terms)).toBeNull();
      }),
      { numRuns: name === "HS256" ? 500 : 100 },
    );
  });

  test(`${name}: a token of an earlier release, without client_id, stays good`, () => {
    const { clientId: _, ...earlier } = terms;
    const key = terms.ring.current();
    const [, payload = ""] = signAccessToken({ ...claims, extra: {} }, terms).split(".");
    const { client_id, ...old } = JSON.parse(Buffer.from(payload, "base64url").toString());
    expect(client_id).toBe("web");
    const signed = `${key.prefix}${Buffer.from(JSON.stringify(old)).toString("base64url")}`;
    const opened = openAccessToken(`${signed}.${key.sign(signed)}`, earlier);
    expect(opened).toEqual({ ...claims, extra: {} });
  });

  test(`${name}: another issuer or audience is refused`, () => {
    const token = signAccessToken(claims, terms);
    expect(openAccessToken(token, { ...terms, audience: "other" })).toBeNull();
    expect(openAccessToken(token, { ...terms, issuer: "other" })).toBeNull();
    const other = { ...terms, ring: bind(ring, "other") };
    if (name === "HS256") expect(openAccessToken(token, other)).toBeNull();
  });
}

for (const signing of pairs) {
  test(`${signing.alg}: others can check tokens by the JWKS document`, async () => {
    const ring = bind(createKeyRing([{ id: "pub", secret: secretA, signing }]));
    const token = signAccessToken(
      { ...claims, expiresAt: Date.now() + 60_000 },
      {
        issuer: "test",
        audience: "app",
        clientId: "web",
        ring,
      },
    );
    const jwks = ring.jwks();
    expect(JSON.stringify(jwks)).not.toContain('"d"');
    const keys = createLocalJWKSet({
      keys: jwks.keys.map((key) => ({ ...key, kty: key.kty ?? "" })),
    });
    const checked = await jwtVerify(token, keys, {
      issuer: "test",
      audience: "app",
      typ: "at+jwt",
    });
    expect(checked.payload).toMatchObject({ sub: "7", ut: "user", sid: claims.sessionId, gen: 3 });
  });
}

test("a ring of plain secrets publishes nothing", () => {
  expect(bind(createKeyRing([{ id: "a", secret: secretA }])).jwks()).toEqual({ keys: [] });
});

test("none, an unknown kid and a key confusion are refused", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ring = bind(
    createKeyRing([{ id: "a", secret: secretA, signing: { alg: "ES256", privateKey } }]),
  );
  const terms = { issuer: "test", audience: "app", clientId: "web", ring };
  const payload = {
    iss: "test",
    aud: "app",
    sub: "7",
    ut: "user",
    sid: claims.sessionId,
    gen: 1,
    iat: 1,
    exp: 9e9,
  };
  expect(openAccessToken(new UnsecuredJWT(payload).encode(), terms)).toBeNull();
  // HS256 with the public key as the secret, under the same kid.
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const publicKey = JSON.stringify(ring.jwks().keys[0]);
  for (const header of [
    { alg: "HS256", typ: "at+jwt", kid: "a" },
    { alg: "none", typ: "at+jwt", kid: "a" },
    { alg: "ES256", typ: "at+jwt", kid: "b" },
    { alg: "ES256", typ: "JWT", kid: "a" },
  ]) {
    const signed = `${encode(header)}.${encode(payload)}`;
    const mac = createHmac("sha256", publicKey).update(signed).digest("base64url");
    expect(openAccessToken(`${signed}.${mac}`, terms)).toBeNull();
    expect(openAccessToken(`${signed}.`, terms)).toBeNull();
  }
});

test("two sign-ins in one millisecond give different tokens", () => {
  const terms = {
    issuer: "test",
    audience: "app",
    clientId: "web",
    ring: bind(createKeyRing([{ id: "a", secret: secretA }])),
  };
  expect(signAccessToken(claims, terms)).not.toBe(signAccessToken(claims, terms));
});

test("garbage is never an access token", () => {
  const terms = {
    issuer: "test",
    audience: "app",
    clientId: "web",
    ring: bind(createKeyRing([{ id: "a", secret: secretA }])),
  };
  fc.assert(fc.property(fc.string(), (text) => openAccessToken(text, terms) === null));
});

test("a refresh token gives back what it was made of, and always the same bytes", () => {
  const ring = bind(createKeyRing([{ id: "a", secret: secretA }]));
  fc.assert(
    fc.property(fc.uuid({ version: 4 }), fc.integer({ min: 1, max: 1e9 }), (id, generation) => {
      const made = { sessionId: sessionId(id), generation };
      const token = encodeRefreshToken(made, ring.current());
      expect(encodeRefreshToken(made, ring.current())).toBe(token);
      expect(decodeRefreshToken(token, ring)).toMatchObject(made);
    }),
  );
});

test("a refresh token altered anywhere, or of another issuer or secret, is refused", () => {
  const ring = bind(createKeyRing([{ id: "a", secret: secretA }]));
  const token = encodeRefreshToken({ sessionId: sessionId(), generation: 41 }, ring.current());
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(..."ABCxyz0195-_."), (at, letter) => {
      fc.pre(token[at] !== letter);
      expect(
        decodeRefreshToken(token.slice(0, at) + letter + token.slice(at + 1), ring),
      ).toBeNull();
    }),
    { numRuns: 500 },
  );
  expect(decodeRefreshToken(`${token}=`, ring)).toBeNull();
  expect(decodeRefreshToken(token, bind(createKeyRing([{ id: "a", secret: secretB }])))).toBeNull();
  expect(
    decodeRefreshToken(token, bind(createKeyRing([{ id: "a", secret: secretA }]), "x")),
  ).toBeNull();
});

test("neither kind of token passes for the other", () => {
  const ring = bind(createKeyRing([{ id: "a", secret: secretA }]));
  const terms = { issuer: "test", audience: "app", clientId: "web", ring };
  const refresh = encodeRefreshToken({ sessionId: sessionId(), generation: 1 }, ring.current());
  expect(openAccessToken(refresh, terms)).toBeNull();
  expect(decodeRefreshToken(signAccessToken(claims, terms), ring)).toBeNull();
});

test("rolling deployment: a key verifies as soon as it is in the ring and signs from signsFrom", () => {
  let now = 1000;
  const old = bind(createKeyRing([{ id: "1", secret: secretA }]), "test", () => now);
  const both = bind(
    createKeyRing([
      { id: "1", secret: secretA },
      { id: "2", secret: secretB, signsFrom: new Date(5000) },
    ]),
    "test",
    () => now,
  );
  const made = { sessionId: sessionId(), generation: 1 };
  // Before signsFrom, processes with rings [1] and [1,2] take each other's tokens.
  expect(decodeRefreshToken(encodeRefreshToken(made, both.current()), old)).toMatchObject(made);
  expect(decodeRefreshToken(encodeRefreshToken(made, old.current()), both)).toMatchObject(made);
  now = 5000;
  expect(both.current().id).toBe("2");
  expect(decodeRefreshToken(encodeRefreshToken(made, old.current()), both)).toMatchObject(made);
});

test("drop refuses a key that sessions may still need, unless it is compromised", () => {
  let now = 0;
  const ring = createKeyRing([{ id: "1", secret: secretA }]);
  const dropped: string[] = [];
  const bound = ring[ringAccess].bind({
    issuer: "test",
    now: () => now,
    idleTimeout: 7 * DAY,
    dropped: (id) => dropped.push(id),
    compromised: async () => 0,
  });
  expect(() => ring.drop("1")).toThrow(/last key/);
  expect(() => ring.drop("x")).toThrow(/no key has the id/);
  ring.add({ id: "2", secret: secretB, signsFrom: new Date(DAY) });
  expect(() => ring.drop("1")).toThrow(/no other key signs yet/);
  now = DAY;
  expect(() => ring.drop("1")).toThrow(/may still be alive/);
  now = 8 * DAY - 1;
  expect(() => ring.drop("1")).toThrow(/may still be alive/);
  now = 8 * DAY;
  ring.drop("1");
  expect(dropped).toEqual(["1"]);
  expect(ring.ids).toEqual(["2"]);
  expect(bound.get("1")).toBeUndefined();

  ring.add({ id: "3", secret: secretA });
  expect(() => ring.drop("2")).toThrow(/may still be alive/);
  ring.drop("2", { compromised: true });
  expect(ring.ids).toEqual(["3"]);
});

/** The same signature with another number of the same residue: `(r, n - s)`, or `S + L`. */
function rewritten(token: string, other: (s: bigint) => bigint, order: "big" | "little"): string {
  const end = token.lastIndexOf(".") + 1;
  const bytes = Buffer.from(token.slice(end), "base64url");
  const half = bytes.subarray(32);
  if (order === "little") half.reverse();
  half.write(
    other(BigInt(`0x${half.toString("hex")}`))
      .toString(16)
      .padStart(64, "0"),
    "hex",
  );
  if (order === "little") half.reverse();
  return token.slice(0, end) + bytes.toString("base64url");
}

test("a token has one text: its signature cannot be rewritten into another that is valid", () => {
  const P256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const ED25519 = 2n ** 252n + 27742317777372353535851937790883648493n;
  for (const [signing, other, order] of [
    [pairs[0], (s: bigint) => P256 - s, "big"],
    [pairs[1], (s: bigint) => s + ED25519, "little"],
  ] as const) {
    const ring = bind(createKeyRing([{ id: "a", secret: secretA, signing }]));
    const terms = { issuer: "test", audience: "app", clientId: "web", ring };
    // Node signs with the higher of the two numbers half of the time.
    for (let i = 0; i < 32; i++) {
      const token = signAccessToken(claims, terms);
      expect(openAccessToken(token, terms)).toEqual(claims);
      expect(openAccessToken(rewritten(token, other, order), terms)).toBeNull();
    }
  }
});

test("key ring entries are checked by name", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  expect(() => createKeyRing([])).toThrow(/at least one/);
  expect(() => createKeyRing([{ id: "a b", secret: secretA }])).toThrow(/id must be/);
  expect(() => createKeyRing([{ id: "a", secret: "short" }])).toThrow(/secret of "a"/);
  expect(() =>
    createKeyRing([{ id: "a", secret: secretA, signing: { alg: "ES256", privateKey } }]),
  ).toThrow(/privateKey of "a" must be a P-256/);
  expect(() =>
    createKeyRing([{ id: "a", secret: secretA, signsFrom: new Date(Number.NaN) }]),
  ).toThrow(/signsFrom of "a"/);
  const ring = createKeyRing([{ id: "a", secret: secretA }]);
  expect(() => ring.add({ id: "a", secret: secretB })).toThrow(/taken/);
});
