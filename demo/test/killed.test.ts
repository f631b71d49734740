import { expect, test } from "vitest";
import {
  type Demo,
  databases,
  refresh,
  signIn,
  startDemo,
  type Tokens,
} from "../../packages/rollcall/test/support/demo.js";

// SIGKILL in the midst of work, at another moment each round: what was acknowledged is there
// afterwards, and what was not may or may not be.

const WORKERS = 6;
/** Acknowledgements after which the process is killed. */
const MOMENTS = [9, 17, 26];

/** What one device knows for sure. */
interface Device {
  /** The last pair it was given. */
  tokens: Tokens;
  /** It has asked for its end and may or may not have been answered. */
  ending: boolean;
  ended: boolean;
}

/** Signs in, refreshes and signs out, again and again, until the process is gone. */
async function work(demo: Demo, devices: Device[], acknowledged: () => void): Promise<void> {
  for (let round = 0; ; round++) {
    const device: Device = {
      tokens: await signIn(demo, "grace@example.com"),
      ending: false,
      ended: false,
    };
    devices.push(device);
    acknowledged();
    device.tokens = await refresh(demo, device.tokens);
    acknowledged();
    if (round % 2 === 1) continue;
    device.ending = true;
    const answer = await demo.call("POST", "/auth/logout", { token: device.tokens.access });
    device.ended = answer.status === 200;
    acknowledged();
  }
}

async function statusOfRefresh(demo: Demo, { refresh: refreshToken }: Tokens): Promise<number> {
  return (await demo.call("POST", "/auth/refresh", { body: { refreshToken } })).status;
}

for (const { name, available, environment } of databases) {
  test.skipIf(!available)(
    `SIGKILL at any moment loses nothing acknowledged, on ${name}`,
    async () => {
      const shared = await environment();
      const devices: Device[] = [];
      for (const moment of MOMENTS) {
        const demo = await startDemo(shared);
        let acknowledgements = 0;
        const acknowledged = (): void => {
          acknowledgements += 1;
          if (acknowledgements === moment) demo.process.kill("SIGKILL");
        };
        const works = Array.from({ length: WORKERS }, () => work(demo, devices, acknowledged));
        // Each ends by the connection it loses.
        await Promise.allSettled(works);
        await demo.kill();
        expect(acknowledgements).toBeGreaterThanOrEqual(moment);
      }
      const after = await startDemo(shared);
      expect(devices.filter(({ ended }) => ended)).not.toHaveLength(0);
      for (const { tokens, ending, ended } of devices) {
        if (ending && !ended) continue;
        const me = await after.call("GET", "/me", { token: tokens.access });
        expect(me.status).toBe(ended ? 401 : 200);
        expect(await statusOfRefresh(after, tokens)).toBe(ended ? 401 : 200);
      }
    },
  );
}
