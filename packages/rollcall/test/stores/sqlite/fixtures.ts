import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Database from "libsql";
import type { SessionId } from "rollcall";
import type { SqliteDatabase } from "rollcall/sqlite";
import { afterEach } from "vitest";
import { isSessionId } from "../../../src/core/model/session.js";
import type { NewSession } from "../../../src/core/port/operations.js";

export const ada = { type: "user", id: "ada" };
export const system = { kind: "system" } as const;
/** Far from `Date.now()`, so that a forgotten `now` shows. */
export const NOW: number = Date.UTC(2026, 0, 1);

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "rollcall-sqlite-"));
  cleanUps.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The path of a database that does not exist yet. */
export function newFile(): string {
  return join(folder(), "sessions.db");
}

/** A handle that is closed after the test. */
export function open(path: string): Database.Database {
  const handle = new Database(path);
  cleanUps.push(() => {
    if (handle.open) handle.close();
  });
  return handle;
}

/** A handle that shows what is done to it. */
export interface Watched {
  readonly database: SqliteDatabase;
  /** Resolves once `statement` was executed, or the handle asked about a transaction, `times` more. */
  until(what: string, times: number): Promise<void>;
}

/** What {@link Watched} calls a look at `inTransaction`. */
export const LOOK = "inTransaction";

export function watched(
  handle: Database.Database,
  seen: (what: string) => void = () => {},
): Watched {
  const waiting = new Set<(what: string) => void>();
  const note = (what: string): void => {
    seen(what);
    for (const waiter of waiting) waiter(what);
  };
  return {
    database: {
      exec(sql) {
        note(sql);
        handle.exec(sql);
      },
      prepare: (sql) => handle.prepare(sql),
      get inTransaction() {
        note(LOOK);
        return handle.inTransaction;
      },
    },
    until: (expected, times) =>
      new Promise((resolve) => {
        let left = times;
        const waiter = (what: string): void => {
          if (what !== expected) return;
          left -= 1;
          if (left > 0) return;
          waiting.delete(waiter);
          resolve();
        };
        waiting.add(waiter);
      }),
  };
}

export function newId(): SessionId {
  const id: string = randomUUID();
  if (!isSessionId(id)) throw new Error("randomUUID gave no UUID");
  return id;
}

export function signIn(overrides: Partial<NewSession> = {}): NewSession {
  return {
    id: newId(),
    user: ada,
    deviceInfo: null,
    metadata: null,
    lastIp: null,
    persistent: true,
    keyId: "k1",
    idleTimeout: 7 * 86_400_000,
    absoluteTimeout: 30 * 86_400_000,
    accessTokenTtl: 600_000,
    authenticatedAt: null,
    kind: null,
    scopes: null,
    secretHash: null,
    methods: null,
    level: null,
    deviceId: null,
    actor: null,
    replaces: null,
    limit: null,
    now: NOW,
    ...overrides,
  };
}

/** A process of its own that runs a script and speaks in lines. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line it prints. */
  line(): Promise<string>;
  /** Lets the script go on where it waits for `go`. */
  go(): void;
  readonly exited: Promise<number | null>;
}

const LIBSQL = createRequire(import.meta.url).resolve("libsql");

/**
 * Starts `script`, which finds `Database`, `argv`, `say(line)` and `go` (a promise) in its scope.
 * It is killed after the test.
 */
export function child(script: string, ...argv: string[]): Child {
  const source = `
    import { createRequire } from "node:module";
    import { createInterface } from "node:readline";
    const Database = createRequire(${JSON.stringify(import.meta.url)})(${JSON.stringify(LIBSQL)});
    const argv = process.argv.slice(1);
    const say = (line) => process.stdout.write(line + "\\n");
    const input = createInterface({ input: process.stdin });
    const go = new Promise((resolve) => input.once("line", () => { input.close(); resolve(); }));
    ${script}`;
  const started = spawn(
    process.execPath,
    ["--input-type=module", "--eval", source, "--", ...argv],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  cleanUps.push(() => {
    started.kill("SIGKILL");
  });
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  return {
    process: started,
    async line() {
      const { done, value } = await lines.next();
      if (done === true) throw new Error("the child ended before it said more");
      return value;
    },
    go() {
      started.stdin.write("\n");
    },
    exited: new Promise((resolve) => started.on("exit", resolve)),
  };
}

/** Compiles the store for processes that cannot read TypeScript; returns the module's path. */
export function compiledStore(into: string): string {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const config = join(into, "tsconfig.json");
  const compilerOptions = {
    rootDir: join(root, "src"),
    outDir: into,
    declaration: false,
    isolatedDeclarations: false,
    typeRoots: [join(root, "../../node_modules/@types")],
  };
  const files = [join(root, "src/stores/sqlite/index.ts")];
  const extended = join(root, "../../tsconfig.base.json");
  writeFileSync(config, JSON.stringify({ extends: extended, compilerOptions, files }));
  writeFileSync(join(into, "package.json"), '{"type":"module"}');
  const tsc = createRequire(import.meta.url).resolve("typescript/package.json");
  execFileSync(process.execPath, [join(tsc, "../bin/tsc"), "-p", config]);
  return join(into, "stores/sqlite/index.js");
}
