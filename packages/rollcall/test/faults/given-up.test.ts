import type { SessionStore, Sessions } from "rollcall";
import { createSessions } from "rollcall";
import { postgres } from "rollcall/postgres";
import { expect, onTestFinished, test } from "vitest";
import { createDatabase, postgresAvailable } from "../support/postgres.js";
import { startTcpProxy } from "./tcp-proxy.js";

/** A store that tells when its rotations have come to an end, whether anybody still waits or not. */
function watched(store: SessionStore): { store: SessionStore; rotations: Promise<unknown>[] } {
  const rotations: Promise<unknown>[] = [];
  const rotate: SessionStore["rotate"] = (input) => {
    const rotation = store.rotate(input);
    rotations.push(rotation.catch(() => {}));
    return rotation;
  };
  return { store: { ...store, rotate }, rotations };
}

test.skipIf(!postgresAvailable)(
  "a refresh that was answered 503 ends nobody's session when the network delivers it after all",
  async () => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const direct = new URL(database.url);
    const proxy = await startTcpProxy(Number(direct.port));
    onTestFinished(() => proxy.close());
    direct.port = String(proxy.port);

    const open = (store: SessionStore, storeTimeout: number): Sessions => {
      const secret = "a secret for whoever gives up";
      const sessions = createSessions({ store, secret: secret.repeat(2), storeTimeout });
      onTestFinished(() => sessions.close());
      return sessions;
    };
    const near = postgres(database.pool(), { listen: false });
    await near.migrate();
    // Only the one behind the network gives up, however slow the machine is.
    const here = open(near, 30_000);
    const far = watched(
      postgres(database.pool({ connectionString: direct.href }), { listen: false }),
    );
    const there = open(far.store, 500);

    const user = { type: "user", id: "1" };
    const { session, tokens } = await here.start(user);
    // Its connection stands before the network stalls.
    await expect.poll(() => there.list(user).then(() => "well", String)).toBe("well");
    proxy.stall();
    const first = tokens.refreshToken.token;
    await expect(there.refresh(first)).rejects.toMatchObject({ code: "store_unavailable" });
    // An honest client goes on elsewhere.
    const second = await here.refresh(first);
    const third = await here.refresh(second.tokens.refreshToken.token);
    proxy.resume();
    expect(far.rotations).toHaveLength(1);
    await Promise.all(far.rotations);

    expect(await here.get(user, session.id)).toMatchObject({ revokedAt: null });
    await here.refresh(third.tokens.refreshToken.token);
  },
);
