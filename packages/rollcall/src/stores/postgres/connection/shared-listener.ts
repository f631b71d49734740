import { type ListenerOptions, type Listening, listen } from "./listener.js";

/**
 * One listener for all stores on a client, for each schema: a server that loads its modules anew on each change makes
 * a store each time, on the one pool that it keeps, and closes none.
 */
interface Shared {
  readonly members: Set<ListenerOptions>;
  readonly listening: Listening;
  isUp(): boolean;
}

/** Of the process, not of this module: it may have been loaded several times itself. */
const REGISTRY = Symbol.for("rollcall.postgres.listeners/1");

type BySchema = Map<string, Shared>;

function registry(): WeakMap<object, BySchema> {
  const known: unknown = Reflect.get(globalThis, REGISTRY);
  if (known instanceof WeakMap) return known;
  const made = new WeakMap<object, BySchema>();
  Reflect.set(globalThis, REGISTRY, made);
  return made;
}

function sharedBy(client: object): BySchema {
  const known = registry().get(client);
  if (known !== undefined) return known;
  const made: BySchema = new Map();
  registry().set(client, made);
  return made;
}

/** Listens for a store on `client`; the connection is shared, and goes with the last that stops. */
export function listenTogether(
  client: object,
  schema: string,
  options: ListenerOptions,
): Listening {
  const bySchema = sharedBy(client);
  const shared = bySchema.get(schema) ?? share(options);
  bySchema.set(schema, shared);
  shared.members.add(options);
  if (shared.isUp()) options.listener.connected(true);
  return {
    tried: shared.listening.tried,
    async stop() {
      shared.members.delete(options);
      if (shared.members.size > 0) return;
      if (bySchema.get(schema) === shared) bySchema.delete(schema);
      await shared.listening.stop();
    },
  };
}

function share(first: ListenerOptions): Shared {
  const members = new Set([first]);
  let up = false;
  // The newest is the one most likely in use.
  const newest = (): ListenerOptions => [...members].at(-1) ?? first;
  const listening = listen({
    channel: () => newest().channel(),
    open: () => newest().open(),
    send: (payload) => newest().send(payload),
    probeInterval: () => Math.min(...[...members].map((member) => member.probeInterval())),
    listener: {
      changed() {
        for (const { listener } of [...members]) listener.changed();
      },
      connected(now) {
        up = now;
        for (const { listener } of [...members]) listener.connected(now);
      },
      awaited: () => [...members].some(({ listener }) => listener.awaited?.() ?? true),
    },
  });
  return { members, listening, isUp: () => up };
}
