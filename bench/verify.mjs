// What a check costs, as ratios to floors measured in the same run, and in memory.
import { createHmac, createSecretKey } from "node:crypto";
import { createSessions } from "rollcall";
import { memory } from "rollcall/memory";
import { interleave, median, ratio } from "./measure.mjs";
import { measureInChild, storeWithRevoked } from "./memory.mjs";

const secret = "bench-secret-of-at-least-32-bytes!!";

/** Tokens of as many sessions, each of a user of its own. */
async function tokensOf(sessions, count) {
  const tokens = [];
  for (let id = 0; id < count; id++) {
    const answer = await sessions.start({ type: "user", id });
    tokens.push(answer.tokens.accessToken.token);
  }
  return tokens;
}

/** HTTP gives each request its own copy of a header, so a look-up has to hash and compare it anew. */
function copies(tokens) {
  const buffers = tokens.map((token) => Buffer.from(token, "latin1"));
  let next = 0;
  return () => {
    next = next + 1 === buffers.length ? 0 : next + 1;
    return buffers[next].latin1Slice();
  };
}

async function seenBefore() {
  const sessions = createSessions({ store: memory(), secret });
  const tokens = await tokensOf(sessions, 1000);
  const map = new Map(tokens.map((token) => [token, { token }]));
  const fresh = copies(tokens);
  let kept;
  const rates = await interleave({
    map(calls) {
      for (let i = 0; i < calls; i++) kept = map.get(fresh());
    },
    async verify(calls) {
      for (let i = 0; i < calls; i++) kept = await sessions.verify(fresh());
    },
  });
  if (kept === undefined) throw new Error("nothing was measured");
  await sessions.close();
  return [
    { what: "Map look-up, fresh copy of the token", value: median(rates.map), unit: "/s" },
    { what: "verify, token seen before", value: median(rates.verify), unit: "/s" },
    {
      what: "verify, token seen before, to the Map look-up",
      value: ratio(rates.verify, rates.map),
      unit: "ratio",
      mark: { atLeast: 0.5 },
    },
  ];
}

async function firstSeen() {
  const calls = 5000;
  const issuing = createSessions({ store: memory(), secret });
  const tokens = await tokensOf(issuing, calls);
  const fresh = copies(tokens);
  const payloads = tokens.map((token) => {
    const text = Buffer.from(token.split(".")[1], "base64url");
    return text.latin1Slice();
  });
  const key = createSecretKey(Buffer.alloc(32, 1));
  // One per round, since a token is seen for the first time but once.
  const strangers = Array.from({ length: 32 }, () => createSessions({ store: memory(), secret }));
  await Promise.all(strangers.map((sessions) => sessions.verify(tokens[0])));
  const closing = [issuing.close()];
  let kept;
  const hmac = (token) => {
    const signed = token.slice(0, token.lastIndexOf("."));
    return createHmac("sha256", key).update(signed).digest("base64url");
  };
  const rates = await interleave(
    {
      floor() {
        for (let i = 0; i < calls; i++) {
          const token = fresh();
          hmac(token);
          const payload = token.slice(token.indexOf(".") + 1, token.lastIndexOf("."));
          kept = JSON.parse(Buffer.from(payload, "base64url").toString());
        }
      },
      decoded() {
        for (let i = 0; i < calls; i++) {
          hmac(fresh());
          kept = JSON.parse(payloads[i]);
        }
      },
      async verify(_calls, round) {
        const sessions = strangers[round];
        for (let i = 0; i < calls; i++) kept = await sessions.verify(fresh());
        delete strangers[round];
        closing.push(sessions.close());
      },
    },
    { calls, rounds: 27, warmUp: 5 },
  );
  if (kept === undefined) throw new Error("nothing was measured");
  await Promise.all(closing);
  return [
    { what: "HMAC-SHA256 and JSON.parse", value: median(rates.floor), unit: "/s" },
    { what: "verify, token first seen", value: median(rates.verify), unit: "/s" },
    {
      what: "verify, token first seen, to HMAC-SHA256 and JSON.parse",
      value: ratio(rates.verify, rates.floor),
      unit: "ratio",
      mark: { atLeast: 0.6 },
    },
    {
      what: "the same, the floor's payload decoded beforehand",
      value: ratio(rates.verify, rates.decoded),
      unit: "ratio",
    },
  ];
}

async function fullIndex() {
  const size = 1_000_000;
  const managers = {
    empty: createSessions({ store: memory(), secret }),
    full: createSessions({ store: storeWithRevoked(size), secret }),
  };
  const contestants = {};
  for (const [name, sessions] of Object.entries(managers)) {
    const fresh = copies(await tokensOf(sessions, 1000));
    await sessions.verify(fresh());
    contestants[name] = async (calls) => {
      for (let i = 0; i < calls; i++) await sessions.verify(fresh());
    };
  }
  const { indexSize } = managers.full.health();
  if (indexSize !== size) throw new Error(`the index holds ${indexSize}`);
  const rates = await interleave(contestants);
  await Promise.all(Object.values(managers).map((sessions) => sessions.close()));
  return [
    {
      what: "verify with 1,000,000 revocations in the index, to an empty one",
      value: ratio(rates.full, rates.empty),
      unit: "ratio",
      mark: { atLeast: 0.9 },
    },
  ];
}

export async function verify() {
  return [
    ...(await seenBefore()),
    ...(await firstSeen()),
    ...(await fullIndex()),
    ...(await measureInChild("check")),
    ...(await measureInChild("cache")),
  ];
}
