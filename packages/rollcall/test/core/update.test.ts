import type { JsonObject } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { counting, eventOf, open, refreshToken, refusal, user } from "../support/sessions.js";

test("metadata is put in the place of what was there, and claimsFor sees it at the next refresh", async () => {
  const { sessions } = open({
    claimsFor: (_user, { metadata }) => ({ team: metadata?.["team"] ?? null }),
  });
  const signIn = await sessions.start(user, { metadata: { team: "red", theme: "dark" } });
  const { id } = signIn.session;
  const told = eventOf(sessions, "session.updated");
  const actor = { kind: "admin", id: "7" } as const;
  const updated = await sessions.update(user, id, { metadata: { team: "blue" } }, { actor });
  expect(updated).toMatchObject({ id, metadata: { team: "blue" } });
  expect(await told).toMatchObject({ user, sessionId: id, actor });
  expect((await sessions.get(user, id))?.metadata).toEqual({ team: "blue" });
  await sessions.refreshClaims(user);
  const next = await sessions.refresh(refreshToken(signIn));
  expect(next.principal.claims).toEqual({ team: "blue" });
  expect((await sessions.update(user, id, { metadata: null }))?.metadata).toBeNull();
});

test("what cannot be metadata is refused by name, before anything is written", async () => {
  const { store, counts } = counting(memory());
  const { sessions } = open({ store });
  const { id } = (await sessions.start(user)).session;
  const state: { readonly wrong: readonly unknown[] } = {
    wrong: [undefined, [1], "text", 7, { big: 1n }, { text: "\0" }, { long: "x".repeat(4096) }],
  };
  for (const index of state.wrong.keys()) {
    const metadata: JsonObject | null = Reflect.get(state.wrong, String(index));
    const trying = sessions.update(user, id, { metadata });
    await expect(trying, `${index}`).rejects.toThrow(/^metadata must/);
    await expect(trying).rejects.toBeInstanceOf(TypeError);
  }
  expect(counts.get("update")).toBeUndefined();
});

test("a session of somebody else, one that ended and none at all are null", async () => {
  const { sessions } = open();
  const { id } = (await sessions.start(user)).session;
  const change = { metadata: { team: "blue" } };
  expect(await sessions.update({ type: "staff", id: user.id }, id, change)).toBeNull();
  expect(await sessions.update(user, "no id", change)).toBeNull();
  await sessions.revoke(user, id);
  expect(await sessions.update(user, id, change)).toBeNull();
});

test("more than 30 in a minute are throttled, for each user apart from names", async () => {
  const { sessions, clock } = open();
  const { id } = (await sessions.start(user)).session;
  for (let turn = 0; turn < 30; turn += 1) await sessions.update(user, id, { metadata: { turn } });
  expect((await refusal(sessions.update(user, id, { metadata: {} }))).code).toBe("throttled");
  expect((await sessions.rename(user, id, "Desk"))?.name).toBe("Desk");
  clock.advance(60_000);
  expect((await sessions.update(user, id, { metadata: {} }))?.metadata).toEqual({});
});
