import type { Sessions } from "rollcall";
import { memory } from "rollcall/memory";
import type { ManualClock } from "rollcall/testing";
import { expect } from "vitest";
import { cookieJar } from "../http/app.js";
import { faulty } from "../support/faulty-store.js";
import { open } from "../support/sessions.js";
import type { AdapterHarness, HarnessOptions, Protocol } from "./harness.js";
import { type Answer, createWire, type OpenAnswer, type Sent, type Wire } from "./wire.js";

export const ORIGIN = "https://app.example";

/** Without limits, so that no case ends by them. */
const LEVELS = { aal1: {}, aal2: {}, aal3: {} } as const;

export type Transport = "bearer" | "cookie";

/** A running application, with what a case needs to make trouble. */
export interface Stage {
  readonly url: string;
  readonly protocol: Protocol;
  readonly wire: Wire;
  readonly sessions: Sessions;
  readonly clock: ManualClock;
  /** While `true` the store refuses every question. */
  readonly store: { away: boolean };
  /** How many sessions a user may have; a sign-in beyond that is refused. */
  readonly limit: { max: number };
  /** What became a 500 or a 503 in Rollcall's own hands. */
  readonly failures: unknown[];
  /** Signs somebody in over the wire. Each is later than the one before. */
  device(options?: DeviceOptions): Promise<Device>;
}

export interface DeviceOptions {
  readonly transport?: Transport;
  readonly user?: string;
  readonly type?: string;
  /** For every request of the device. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** A client that is signed in, and keeps what answers give it. */
export interface Device {
  readonly sessionId: string;
  /** The tokens it holds; another copy at each call. */
  tokens(): { readonly access: string; readonly refresh: string };
  /** Sends its credential along, and with cookies its origin. */
  send(method: string, path: string, sent?: Sent): Promise<Answer>;
  open(method: string, path: string, sent?: Sent): Promise<OpenAnswer>;
}

/** Starts an application for one case and ends it afterwards, however the case ends. */
export async function onStage(
  harness: AdapterHarness,
  options: HarnessOptionsOfCase,
  run: (stage: Stage) => Promise<void>,
): Promise<void> {
  const { store, state } = faulty(memory());
  const limit = { max: Number.POSITIVE_INFINITY };
  const { sessions, clock } = open({
    store,
    maxPerUser: () => limit.max,
    onLimit: "refuse",
    levels: LEVELS,
  });
  const failures: unknown[] = [];
  const app = await harness.start({
    sessions,
    clock,
    cookies: true,
    origin: ORIGIN,
    onError: (error) => failures.push(error),
    letTimePass: () => clock.advance(60_000),
    ...options,
  });
  const wire = createWire(app.url, options.protocol);
  try {
    await run({
      url: app.url,
      protocol: options.protocol,
      wire,
      sessions,
      clock,
      store: state,
      limit,
      failures,
      async device(deviceOptions) {
        clock.advance(1000);
        return await signedIn(wire, deviceOptions);
      },
    });
  } finally {
    wire.close();
    await app.close();
  }
}

export type HarnessOptionsOfCase = Omit<HarnessOptions, "sessions">;

async function signedIn(
  wire: Wire,
  { transport = "bearer", user = "ada", type = "user", headers = {} }: DeviceOptions = {},
): Promise<Device> {
  const body = { user, type, transport };
  const login = await wire.send("POST", "/auth/login", {
    headers: { Origin: ORIGIN, ...headers },
    body,
  });
  expect(login.status, login.text).toBe(200);
  const jar = cookieJar();
  jar.take(login);
  const held = () =>
    transport === "cookie"
      ? {
          access: jar.cookies.get("__Host-rollcall-at") ?? "",
          refresh: jar.cookies.get("__Host-rollcall-rt") ?? "",
        }
      : {
          access: String(login.json.tokens.accessToken.token),
          refresh: String(login.json.tokens.refreshToken.token),
        };
  const addressed = (sent: Sent): Sent => {
    const own: Record<string, string> =
      transport === "cookie"
        ? { Origin: ORIGIN, ...jar.header() }
        : { Authorization: `Bearer ${held().access}` };
    return { ...sent, headers: { ...headers, ...own, ...sent.headers } };
  };
  const send: Device["send"] = async (method, path, sent = {}) => {
    const answer = await wire.send(method, path, addressed(sent));
    jar.take(answer);
    return answer;
  };
  const me = await send("GET", "/guarded");
  expect(me.json?.user, me.text).toEqual({ type, id: user });
  return {
    sessionId: me.json.sessionId,
    tokens: held,
    send,
    open: (method, path, sent = {}) => wire.open(method, path, addressed(sent)),
  };
}
