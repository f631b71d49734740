// One of the two processes: answers what its parent asks, one question at a time.
import { Pool } from "pg";
import { createSessions } from "rollcall";
import { postgres } from "rollcall/postgres";

/** Callers that refresh without a pause, and checks per turn of the event loop. */
const REFRESHERS = 8;
const CHECKS = 200;

const user = { type: "user", id: 1 };
const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on("error", (error) => console.error(error.message));
const store = postgres(pool);
let sessions;
let watched;
let load;

// All processes of a machine read the same monotonic clock.
const nanoseconds = () => Number(process.hrtime.bigint());

const verbs = {
  async open() {
    await store.migrate();
    sessions = createSessions({ store, secret: "bench-secret-of-at-least-32-bytes!!" });
    // Hints are up only a moment after the first read.
    while (sessions.health().feed !== "hinted")
      await new Promise((resolve) => setTimeout(resolve, 10));
  },
  async start() {
    const { session, tokens } = await sessions.start(user);
    return { id: session.id, token: tokens.accessToken.token };
  },
  async revoke(id) {
    await sessions.revoke(user, id);
    return nanoseconds();
  },
  async watch(token) {
    const principal = await sessions.verify(token);
    watched = new Promise((resolve, reject) => {
      // The signal spares a loop of checks, which would keep an idle machine busy; that the token
      // is refused is tried, and the time taken after it.
      principal.signal.addEventListener("abort", () => {
        sessions.verify(token).then(
          () => reject(new Error("the signal came before the refusal")),
          (error) => {
            const at = nanoseconds();
            if (error.reason === "revoked") resolve(at);
            else reject(error);
          },
        );
      });
    });
  },
  refused: () => watched,
  async load(on) {
    if (!on) return await load.stop();
    load = await startLoad();
  },
};

async function startLoad() {
  let on = true;
  let refreshes = 0;
  const refresh = async (n) => {
    let { tokens } = await sessions.start({ type: "load", id: n });
    while (on) {
      ({ tokens } = await sessions.refresh(tokens.refreshToken.token));
      refreshes++;
    }
  };
  const { tokens } = await sessions.start({ type: "load", id: "checks" });
  const check = async () => {
    while (on) {
      for (let i = 0; i < CHECKS; i++) await sessions.verify(tokens.accessToken.token);
      await new Promise(setImmediate);
    }
  };
  const running = [check(), ...Array.from({ length: REFRESHERS }, (_, n) => refresh(n))];
  return {
    async stop() {
      on = false;
      await Promise.all(running);
      return { refreshes };
    },
  };
}

process.on("message", async ({ number, verb, argument }) => {
  try {
    process.send({ number, answer: await verbs[verb](argument) });
  } catch (error) {
    process.send({ number, error: `${verb}: ${error.cause?.message ?? error.message}` });
  }
});
process.once("disconnect", async () => {
  await sessions?.close();
  await pool.end();
});
