import assert from "node:assert/strict";
import type { Revocation } from "../../core/model/session.js";
import { idsOf, storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

/**
 * Strings that databases, drivers and decoders are known to change. No user id starts with U+FEFF: the
 * core refuses it, because some decoders drop it as a byte order mark.
 */
const TEXTS: Readonly<Record<string, string>> = {
  "spaces around it": "  ada  ",
  "a no-break space around it": "\u00a0ada\u00a0",
  "line ends and tabs": "ada\r\n\tada\n",
  "a byte order mark inside": "ada\ufeffada",
  "a byte order mark at its end": "ada\ufeff",
  "control characters": "a\u0001d\u001ba\u007f\u0085",
  "composed and decomposed accents": "Ada\u00e9e\u0301",
  "characters beyond the basic plane": "ada 😀 𝒜",
  noncharacters: "ada\uffff\ufffe",
  "directions and joiners": "\u202eada\u200d\u200b",
  "quotes and escapes": `'"\\$1 %s ? :id {0} \\u0041`,
  "what reads as another type": "0012.50",
  "what reads as nothing": "NULL",
};

/** Every read returns what was written: a changed user id would be another user. */
export const textCases: readonly StoreCase[] = Object.entries(TEXTS).map(([name, text]) =>
  storeCase(`text comes back as it went in: ${name}`, async (s) => {
    const user = { type: "user", id: text };
    const object = { userAgent: text, deviceId: text, [text]: [text] };
    const revocation: Revocation = { reason: "logout", actor: { kind: "admin", id: text } };
    const { id } = await s.signIn({ user, deviceInfo: object, metadata: object });
    const named = await s.store.rename(user, id, { name: text, ...revocation, now: s.clock.now() });
    const rotated = await s.expectRotation("rotated", { id, presented: 1 });
    for (const row of [named, rotated, await s.row(id), ...(await s.list(user))]) {
      assert.deepEqual(row?.user, user);
      assert.deepEqual(row?.deviceInfo, object);
      assert.deepEqual(row?.metadata, object);
      assert.equal(row?.name, text);
    }
    assert.deepEqual(idsOf(await s.list(user)), [id]);
    const events = await s.eventsDuring(() => s.store.revoke(user, id, revocation, s.clock.now()));
    assert.deepEqual(
      events.map((event) => [event.user, event.actor]),
      [[user, revocation.actor]],
    );
    assert.deepEqual((await s.store.get(user, id))?.revokedBy, revocation.actor);
  }),
);
