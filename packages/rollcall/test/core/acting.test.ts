import type { ActAsOptions, Principal, Sessions, SignIn } from "rollcall";
import { memory, memoryDatabase } from "rollcall/memory";
import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { amend } from "../broken-stores/broken-store.js";
import { counting, open, refreshToken, refusal, user } from "../support/sessions.js";

const staff = { type: "staff", id: "7" };
const MINUTE = 60_000;

const verified = (sessions: Sessions, { tokens }: Pick<SignIn, "tokens">): Promise<Principal> =>
  sessions.verify(tokens.accessToken.token);

/** A member of the staff who is signed in and acts as the user. */
async function acting(sessions: Sessions, options?: ActAsOptions) {
  const own = await sessions.start(staff, { methods: ["pwd", "otp"] });
  const principal = await verified(sessions, own);
  const signIn = await sessions.actAs(principal, user, options);
  return { own, principal, signIn };
}

test("whoever acts is in the session, in its tokens and in the event", async () => {
  const { sessions, clock } = open();
  const { own, signIn } = await acting(sessions, { reason: "ticket 12", metadata: { a: 1 } });
  const actor = { user: staff, sessionId: own.session.id };
  expect(signIn.session).toMatchObject({
    user,
    actor: { ...actor, reason: "ticket 12" },
    metadata: { a: 1 },
    methods: ["pwd", "otp"],
    absoluteExpiresAt: new Date(clock.now() + 60 * MINUTE),
    expiresAt: new Date(clock.now() + 15 * MINUTE),
  });
  expect((await sessions.list(user)).sessions).toEqual([signIn.session]);
  expect(await verified(sessions, signIn)).toMatchObject({ user, actor, methods: ["pwd", "otp"] });
  const payload = signIn.tokens.accessToken.token.split(".")[1] ?? "";
  expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
    sub: "ada",
    act: { sub: "7", ut: "staff", sid: own.session.id },
  });
});

test("no refresh, retry or late retry makes an acting session one of the user's own", async () => {
  const { sessions, clock } = open();
  const { signIn } = await acting(sessions);
  const token = refreshToken(signIn);
  const { actor } = await verified(sessions, signIn);
  const answers = [await sessions.refresh(token), await sessions.refresh(token)];
  clock.advance(MINUTE);
  answers.push(await sessions.refresh(token));
  for (const { principal, session, tokens } of answers) {
    expect(principal.actor).toEqual(actor);
    expect(session.actor).toEqual(signIn.session.actor);
    const [, payload = ""] = tokens.accessToken.token.split(".");
    expect(Buffer.from(payload, "base64url").toString()).toContain('"act":{"sub":"7"');
  }
  const last = answers[2] ?? expect.unreachable();
  expect((await sessions.verifyRefreshToken(refreshToken(last))).actor).toEqual(actor);
});

test("how recently somebody was authenticated is that of whoever acts", async () => {
  const { sessions, clock } = open();
  const own = await sessions.start(staff);
  clock.advance(5 * MINUTE);
  const signIn = await sessions.actAs(await verified(sessions, own), user);
  expect(signIn.session.authenticatedAt).toEqual(own.session.createdAt);
  expect((await verified(sessions, signIn)).authenticatedAt).toEqual(own.session.createdAt);
});

test("nobody acts further from an acting session, or as themselves", async () => {
  const { sessions } = open();
  const { principal, signIn } = await acting(sessions);
  const further = await verified(sessions, signIn);
  const other = { type: "user", id: "grace" };
  const forbidden = await refusal(sessions.actAs(further, other));
  expect([forbidden.code, forbidden.status]).toEqual(["actor_forbidden", 403]);
  // A principal of your own making is checked against the database.
  const forged: Principal = { ...further, actor: null };
  expect((await refusal(sessions.actAs(forged, other))).code).toBe("actor_forbidden");
  const stranger: Principal = { ...principal, user: { type: "staff", id: "8" } };
  expect((await refusal(sessions.actAs(stranger, other))).reason).toBe("unknown");
  expect((await refusal(sessions.actAs(principal, staff))).code).toBe("malformed_request");
  expect((await sessions.list(other)).sessions).toEqual([]);
});

test("bad arguments are named before anything is written", async () => {
  const { store, counts } = counting(memory());
  const { sessions } = open({ store });
  const { principal } = await acting(sessions);
  const bad: readonly (readonly [string, RegExp])[] = [
    ['{ "reason": "" }', /^reason must be a string of 1 to 200/],
    [`{ "reason": "${"x".repeat(201)}" }`, /^reason must be a string of 1 to 200/],
    ['{ "metadata": 1 }', /^metadata/],
    ['{ "device": 1 }', /^device/],
    ["[]", /^options must be an object/],
  ];
  for (const [text, message] of bad) {
    const options: ActAsOptions = JSON.parse(text);
    await expect(sessions.actAs(principal, user, options), text).rejects.toThrow(message);
  }
  const none: Principal = JSON.parse('"token"');
  await expect(sessions.actAs(none, user)).rejects.toThrow(/^actAs takes the principal/);
  expect(counts.get("create")).toBe(2);
});

test("an acting session is refused at once, everywhere, when the one it was begun from ends", async () => {
  const database = memoryDatabase();
  const clock = manualClock();
  const here = open({ store: memory(database) }, clock).sessions;
  const elsewhere = open({ store: memory(database) }, clock).sessions;
  const { own, signIn } = await acting(here);
  const token = signIn.tokens.accessToken.token;
  const { signal } = await elsewhere.verify(token);
  await here.verify(token);
  const ended = new Promise((resolve) => signal.addEventListener("abort", resolve));

  await here.revoke(staff, own.session.id);
  expect(() => here.verifyNow(token)).toThrow("Invalid or expired credential");
  await ended;
  expect((await refusal(elsewhere.verify(token))).sessionEnded?.reason).toBe("actor_ended");
  const refused = await refusal(elsewhere.refresh(refreshToken(signIn)));
  expect([refused.reason, refused.sessionEnded?.reason]).toEqual(["revoked", "actor_ended"]);
});

test("a staff session that has only expired ends what it acts in at the next refresh", async () => {
  for (const present of ["refresh", "verifyRefreshToken"] as const) {
    const database = memoryDatabase();
    const { sessions, clock } = open({ store: memory(database) });
    const { own, signIn } = await acting(sessions);
    amend(database, own.session.id, () => ({ expiresAt: clock.now() }));
    const refused = await refusal(sessions[present](refreshToken(signIn)));
    expect([refused.reason, refused.sessionEnded?.reason]).toEqual(["revoked", "actor_ended"]);
    expect((await sessions.list(user)).sessions).toEqual([]);
  }
});

test("whoever acts keeps their own session alive, and never outlives it", async () => {
  const { sessions, clock } = open({ idleTimeout: "20m", absoluteTimeout: "50m" });
  const { own, signIn } = await acting(sessions);
  expect(signIn.session.absoluteExpiresAt).toEqual(own.session.absoluteExpiresAt);
  let token = refreshToken(signIn);
  for (let minutes = 0; minutes < 40; minutes += 4) {
    clock.advance(4 * MINUTE);
    token = refreshToken(await sessions.refresh(token));
  }
  await expect(sessions.refresh(refreshToken(own))).resolves.toBeDefined();
  clock.advance(10 * MINUTE);
  expect((await refusal(sessions.refresh(token))).reason).toBe("expired");

  const brief = open({ idleTimeout: "5m" });
  const short = await acting(brief.sessions);
  expect(short.signIn.session.expiresAt).toEqual(new Date(brief.clock.now() + 5 * MINUTE));
});

test("a kind gives an acting session other limits", async () => {
  const kinds = { support: { idleTimeout: "1h", absoluteTimeout: "8h" } } as const;
  const { sessions, clock } = open({ kinds });
  const { session } = (await acting(sessions, { kind: "support" })).signIn;
  expect(session).toMatchObject({
    kind: "support",
    expiresAt: new Date(clock.now() + 60 * MINUTE),
    absoluteExpiresAt: new Date(clock.now() + 8 * 60 * MINUTE),
  });
  await expect(acting(sessions, { kind: "web" })).rejects.toThrow(TypeError);
});

test("a session that has ended lets nobody begin to act", async () => {
  const { sessions } = open();
  const { principal } = await acting(sessions);
  await sessions.revokeAll(staff);
  expect((await refusal(sessions.actAs(principal, user))).reason).toBe("revoked");
});

test("claimsFor is told who acts, and may refuse the user", async () => {
  const { sessions } = open({
    claimsFor: ({ id }, { actor }) => (id === "gone" ? null : { readOnly: actor !== null }),
  });
  const { principal, signIn } = await acting(sessions);
  expect((await verified(sessions, signIn)).claims).toEqual({ readOnly: true });
  expect((await sessions.refresh(refreshToken(signIn))).principal.claims).toEqual({
    readOnly: true,
  });
  const gone = sessions.actAs(principal, { type: "user", id: "gone" });
  expect((await refusal(gone)).reason).toBe("user_gone");
});

test("it takes a read and a write to begin, and a refresh one read more", async () => {
  const { store, counts } = counting(memory());
  const { sessions } = open({ store, maxPerUser: 1 });
  const own = await sessions.start(staff);
  const theirs = await sessions.start(user);
  const principal = await verified(sessions, own);
  await sessions.list(user);
  counts.clear();
  const signIn = await sessions.actAs(principal, user);
  expect([counts.get("find"), counts.get("create"), counts.get("list")]).toEqual([1, 1, undefined]);
  counts.clear();
  await sessions.refresh(refreshToken(signIn));
  expect([counts.get("find"), counts.get("rotate")]).toEqual([1, 1]);
  counts.clear();
  await sessions.refresh(refreshToken(theirs));
  expect([counts.get("find"), counts.get("rotate")]).toEqual([undefined, 1]);
});

test("disabling a user is one call: nothing of theirs goes on, nor what is under way", async () => {
  let asked = (): void => {};
  let answer = (): void => {};
  let waits = false;
  const { sessions, clock } = open({
    async claimsFor() {
      if (!waits) return {};
      asked();
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return {};
    },
  });
  const { principal, signIn } = await acting(sessions);
  const theirs = await sessions.start(user);
  const other = { type: "user", id: "grace" };
  const actsThemselves = await sessions.actAs(await verified(sessions, theirs), other);

  // A sign-in, and somebody who begins to act, are asked for before and stored after.
  waits = true;
  const underWay: Promise<SignIn>[] = [];
  for (const begin of [
    () => sessions.start(user, { authenticatedAt: new Date(clock.now()) }),
    () => sessions.actAs(principal, user),
  ]) {
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    underWay.push(begin());
    await isAsked;
    const proceed = answer;
    clock.advance(1);
    await sessions.revokeAll(user, { reason: "disabled" });
    proceed();
    expect((await refusal(underWay.at(-1) ?? expect.unreachable())).reason).toBe("proof_outdated");
  }
  for (const { tokens } of [theirs, signIn, actsThemselves]) {
    expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("revoked");
  }
  expect((await sessions.list(user)).sessions).toEqual([]);
  expect((await sessions.list(other)).sessions).toEqual([]);
});
