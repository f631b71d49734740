import type { HintListener } from "../../core/port/changes.js";
import {
  clientLikeThoseOf,
  isPool,
  type PostgresClient,
  type PostgresListenClient,
} from "./connection/client.js";
import { type Listening, PROBE_INTERVAL } from "./connection/listener.js";
import type { Namespaces } from "./connection/namespaces.js";
import type { Scope } from "./connection/scope.js";
import { listenTogether } from "./connection/shared-listener.js";
import { CHANNEL, reading, type Statement } from "./sql/statement.js";

/** A hint that proves the way hints come. */
export const PROBE: Statement = reading(
  `select pg_catalog.pg_notify(${CHANNEL}, :payload::pg_catalog.text) as hinted`,
);

/** Opens a new client, not yet connected, that nobody else uses. */
export type OpenListenClient = () => PostgresListenClient | Promise<PostgresListenClient>;

/** What listening for hints needs. */
export interface Subscription {
  readonly client: PostgresClient;
  readonly schema: string | undefined;
  readonly namespaces: Namespaces;
  readonly scope: Scope;
  readonly open: OpenListenClient;
  readonly maxStaleness: () => number;
}

/** Listens on a connection that all stores on the client share. */
export function subscribe(
  { client, schema, namespaces, scope, open, maxStaleness }: Subscription,
  listener: HintListener,
): Listening {
  return listenTogether(client, schema ?? "", {
    listener,
    open,
    send: (payload) => scope.read(PROBE, { payload }),
    channel: async () => (await namespaces.own()).channel,
    // Where the bound is longer than a probe's interval, so may be the time without hints.
    probeInterval: () => Math.max(PROBE_INTERVAL, maxStaleness()),
  });
}

/**
 * How to open a client for `LISTEN`; `null` when hints are not to be heard.
 *
 * @throws TypeError naming the option.
 */
export function readListen(
  client: PostgresClient,
  option: OpenListenClient | false | undefined,
): OpenListenClient | null {
  if (option === false) return null;
  if (option === undefined) return isPool(client) ? clientLikeThoseOf(client) : null;
  if (typeof option !== "function") {
    throw new TypeError("listen must be a function that gives a new pg Client, or false");
  }
  return option;
}
