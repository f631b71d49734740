import { createServer } from "node:http";
import { createServer as createSocketServer } from "node:net";
import type { Sessions } from "rollcall";
import { createHttp } from "rollcall/http";
import { toNodeHandler } from "rollcall/node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { BROWSERS, type BrowserPage } from "../support/browsers.js";
import { listen } from "../support/listen.js";
import { open } from "../support/sessions.js";

// A page on a sibling host sets cookies for the whole domain. What real browsers keep of them and
// send on must not be taken for ours, whatever byte stands beside the name.

const NAME = "__Host-rollcall-at";

/** Everything that a header can carry. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => ![0x00, 0x0a, 0x0d].includes(byte),
);

/** So many at a time that a browser keeps them all: 180 a domain. */
const AT_ONCE = 80;

function batches(): string[][] {
  const names: string[][] = [];
  for (let from = 0; from < BYTES.length; from += AT_ONCE) {
    const bytes = BYTES.slice(from, from + AT_ONCE).map((byte) => String.fromCharCode(byte));
    names.push(bytes.flatMap((byte) => [`${byte}${NAME}`, `${NAME}${byte}`]));
  }
  names.push([NAME, NAME.toLowerCase(), `=${NAME}`, ` \t${NAME}\t `, `\xC2\xA0${NAME}`]);
  return names;
}

interface Stage {
  readonly app: string;
  readonly evil: string;
  readonly sessions: Sessions;
  /** What the application was sent at last, a character a byte. */
  readonly sent: () => string;
}

async function openStage(lines: readonly string[][]): Promise<Stage> {
  const { sessions } = open();
  const attacker = (await sessions.start({ type: "user", id: "attacker" })).tokens.accessToken;
  let sent = "";
  const server = createServer({ maxHeaderSize: 1 << 20 }, (request, response) => {
    if (request.url === "/me") sent = request.headers.cookie ?? "";
    handler(request, response);
  });
  const app = await listen(server);
  onTestFinished(app.close);
  const origin = app.url.replace("127.0.0.1", "app.shop.localhost");
  const http = createHttp({ sessions, cookies: true, origin });
  const me = http.guard((_request, { user }) => Response.json(user.id));
  const handler = toNodeHandler(async (request, connection) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/me") return await me(request, connection);
    if (pathname !== "/login") return new Response("the application");
    const user = { type: "user", id: "victim" };
    const { body, headers } = await http.signIn(request, user, { transport: "cookie" });
    return Response.json(body, { headers });
  });
  // By hand, since Node's own server would refuse such bytes.
  const evil = createSocketServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => {
      const [, index] = /^GET \/(\d+)/.exec(String(data)) ?? [];
      const cookies = (lines[Number(index)] ?? []).map(
        (name) => `Set-Cookie: ${name}=${attacker.token}; Domain=shop.localhost; Path=/\r\n`,
      );
      const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n`;
      socket.end(Buffer.from(`${head}${cookies.join("")}Content-Length: 4\r\n\r\nevil`, "latin1"));
    });
  });
  evil.listen(0, "127.0.0.1");
  await new Promise((resolve) => evil.once("listening", resolve));
  onTestFinished(() => void evil.close());
  const address = evil.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    app: origin,
    evil: `http://evil.shop.localhost:${address.port}`,
    sessions,
    sent: () => sent,
  };
}

const ME = 'fetch("/me").then(async (answer) => [answer.status, await answer.json()])';
const LOGIN = 'fetch("/login", { method: "POST" }).then(({ status }) => status)';

describe.each(BROWSERS)("$name", ({ available, open: openOne }) => {
  describe.skipIf(!available)("as it is installed", () => {
    let browser: Awaited<ReturnType<typeof openOne>>;
    beforeAll(async () => {
      browser = await openOne();
    });
    afterAll(() => browser.close());

    test("a cookie planted by a sibling host is nobody's, and no sign-in is lost by it", async () => {
      const lines = batches();
      const { app, evil, sent } = await openStage(lines);
      let seen = "";
      for (const index of lines.keys()) {
        const page: BrowserPage = await browser.newPage();
        await page.goto(`${evil}/${index}`);
        await page.goto(app);
        expect(await page.evaluate(ME), `batch ${index}`).toEqual([
          401,
          { error: "Authentication required", errorCode: "EC001" },
        ]);
        seen += sent();
        expect(await page.evaluate(LOGIN)).toBe(200);
        expect(await page.evaluate(ME)).toEqual([200, "victim"]);
      }
      // The visitor who is signed in already.
      const page = await browser.newPage();
      await page.goto(app);
      await page.evaluate(LOGIN);
      await page.goto(`${evil}/${lines.findIndex((names) => names.includes(`\xA0${NAME}`))}`);
      await page.goto(app);
      expect(await page.evaluate(ME)).toEqual([200, "victim"]);
      expect(sent()).toContain(`\xA0${NAME}=ey`);
      // They were kept and sent, so this has tried something.
      expect(seen).toContain(`\xA0${NAME}=ey`);
      expect(seen).toContain(`\x85${NAME}=ey`);
    }, 180_000);
  });
});
