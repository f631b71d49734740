import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import { SessionError } from "rollcall";
import { createHttp } from "rollcall/http";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { listen } from "../support/listen.js";
import { open, refusal, user } from "../support/sessions.js";
import { ORIGIN, openApp, request } from "./app.js";

const EVIL = "https://evil.example";

async function cookieOf(app: Pick<ReturnType<typeof open>, "sessions">): Promise<string> {
  const { accessToken } = (await app.sessions.start(user)).tokens;
  return `__Host-rollcall-at=${accessToken.token}`;
}

test("a WebSocket, however it is told, is checked like a POST; with a bearer token it need not be", async () => {
  const app = openApp({ cookies: true, origin: ORIGIN, origins: ["https://admin.example"] });
  const Cookie = await cookieOf(app);
  const code = async (method: string, headers: Record<string, string>): Promise<string> => {
    try {
      const head = { method, headers: new Headers({ Cookie, ...headers }) };
      return (await app.http.session(head)) === null ? "nobody" : "known";
    } catch (error) {
      return error instanceof SessionError ? error.code : "another error";
    }
  };
  const sockets = [
    ["GET", { Upgrade: "websocket" }],
    ["GET", { Upgrade: "WebSocket" }],
    ["GET", { Upgrade: "h2c, websocket" }],
    ["GET", { "Sec-WebSocket-Version": "13" }],
    ["GET", { "Sec-Fetch-Mode": "websocket" }],
    ["CONNECT", {}],
  ] as const;
  for (const [method, headers] of sockets) {
    for (const foreign of [{}, { Origin: EVIL }, { "Sec-Fetch-Site": "same-site" }]) {
      expect(await code(method, { ...headers, ...foreign })).toBe("cross_site");
    }
    for (const Origin of [ORIGIN, "https://admin.example"]) {
      expect(await code(method, { ...headers, Origin })).toBe("known");
    }
    const Authorization = `Bearer ${Cookie.slice(Cookie.indexOf("=") + 1)}`;
    expect(await code(method, { ...headers, Origin: EVIL, Authorization })).toBe("known");
  }
  // Some programs offer HTTP/2 on every request, and mean no socket.
  expect(await code("GET", { Upgrade: "h2c", Origin: EVIL })).toBe("known");
});

test("a server's own upgrade handler: cookies of another site's page open no socket", async () => {
  const opened = open();
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer();
  const { url, close } = await listen(server);
  onTestFinished(close);
  const http = createHttp({ sessions: opened.sessions, cookies: true, origin: url });
  server.on("upgrade", async (incoming, socket, head) => {
    const { method = "GET", headers } = incoming;
    const get = (name: string): string | null => String(headers[name] ?? "") || null;
    try {
      await http.authenticate({ method, headers: { get } }, { readOnly: true });
      sockets.handleUpgrade(incoming, socket, head, (ws) => ws.close());
    } catch (error) {
      const status = error instanceof SessionError ? error.status : 500;
      socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\n\r\n`);
    }
  });
  const Cookie = await cookieOf(opened);
  const end = (origin: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url.replace("http", "ws"), { origin, headers: { Cookie } });
      socket.once("open", () => resolve("open"));
      socket.once("error", ({ message }) => resolve(message));
    });
  expect([await end(EVIL), await end("null"), await end(url)]).toEqual([
    "Unexpected server response: 403",
    "Unexpected server response: 403",
    "open",
  ]);
});

test("an extended CONNECT of HTTP/2 (RFC 8441) likewise", async () => {
  const opened = open();
  const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
  const { url, close } = await listen(server);
  onTestFinished(close);
  const http = createHttp({ sessions: opened.sessions, cookies: true, origin: url });
  server.on("stream", async (stream, headers) => {
    const get = (name: string): string | null => String(headers[name] ?? "") || null;
    try {
      await http.authenticate({ method: String(headers[":method"]), headers: { get } });
      stream.respond({ ":status": 200 }, { endStream: true });
    } catch (error) {
      const status = error instanceof SessionError ? error.status : 500;
      stream.respond({ ":status": status }, { endStream: true });
    }
  });
  const client = connect(url);
  onTestFinished(() => client.destroy());
  await once(client, "remoteSettings");
  const cookie = await cookieOf(opened);
  const statusFor = async (origin: string): Promise<unknown> => {
    const stream = client.request({
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":path": "/",
      ":scheme": "http",
      ":authority": "app.example",
      origin,
      cookie,
    });
    const [answer] = await once(stream, "response");
    stream.destroy();
    return answer[":status"];
  };
  expect([await statusFor(EVIL), await statusFor(url)]).toEqual([403, 200]);
});

test("signIn and signOut behind a safe method name the remedy", async () => {
  const { http, sessions } = openApp({ cookies: true, origin: ORIGIN });
  for (const method of ["GET", "HEAD", "OPTIONS", "get"]) {
    const head = { method, headers: new Headers({ "Sec-Fetch-Site": "same-origin" }) };
    await expect(http.signOut(head)).rejects.toThrow(/^signOut must not be behind .* POST/);
    for (const transport of ["cookie", "bearer"] as const) {
      const signingIn = http.signIn(head, user, { transport });
      await expect(signingIn).rejects.toThrow(/^signIn must not be .* csrf: "verified"/);
    }
  }
  expect((await sessions.list(user)).sessions).toEqual([]);
});

test('csrf: "verified": a redirect back by GET signs in, a prefetch of it does not', async () => {
  const { http } = openApp({ cookies: true, origin: ORIGIN });
  const callback = (headers: Record<string, string>) =>
    http.signIn(request("GET", "/callback?code=c&state=s", { headers }), user, {
      transport: "cookie",
      csrf: "verified",
    });
  const { headers } = await callback({ "Sec-Fetch-Site": "cross-site" });
  expect(headers.getSetCookie()).toHaveLength(3);
  for (const name of ["Sec-Purpose", "Purpose", "X-Moz"]) {
    expect((await refusal(callback({ [name]: "prefetch" }))).code).toBe("cross_site");
  }
  const mistaken = JSON.parse('{"csrf":true}');
  await expect(http.signIn(request("POST", "/login"), user, mistaken)).rejects.toThrow(
    /^csrf must be "verified"/,
  );
});

test('csrf: "verified": by GET it replaces whose cookies it overwrites, by a foreign POST nobody', async () => {
  const { http, sessions } = openApp({ cookies: true, origin: ORIGIN });
  for (const [method, left] of [
    ["GET", 1],
    ["POST", 2],
  ] as const) {
    const owner = { type: "user", id: method };
    const { refreshToken } = (await sessions.start(owner)).tokens;
    const Cookie = `__Host-rollcall-rt=${refreshToken.token}`;
    const headers = { Cookie, Origin: EVIL, "Sec-Fetch-Site": "same-site" };
    const callback = request(method, "/callback", { headers });
    await http.signIn(callback, owner, { transport: "cookie", csrf: "verified" });
    expect((await sessions.list(owner)).sessions).toHaveLength(left);
    expect((await refusal(http.signOut(request("POST", "/leave", { headers })))).code).toBe(
      "cross_site",
    );
  }
});

test("origins: whatever a browser sends, in the one spelling it sends", () => {
  const { sessions } = open();
  const make = (origin: string): unknown => createHttp({ sessions, origins: [origin] });
  for (const good of [
    "https://app.example",
    "http://localhost:3000",
    "https://xn--bcher-kva.example",
    "http://[::1]:8080",
    "capacitor://localhost",
    "ionic://localhost",
    "tauri://localhost",
    "app://obsidian.md",
    "app://-",
    "chrome-extension://gighmmpiobklfepjocnamgkkbiglidom",
    "moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc",
    "safari-web-extension://0FB5E2A1-9D6B-4D2F-9C2A-8E0B3C3F7A11",
    "vscode-webview://0abc1def",
    "my-app+x.y://host:8080",
    "file://",
  ]) {
    expect(() => make(good), good).not.toThrow();
  }
  for (const bad of [
    "*",
    "",
    "https://*.example",
    "https://app.example/",
    "https://app.example:443",
    "https://APP.example",
    "https://bücher.example",
    "https://user@app.example",
    "capacitor://localhost/",
    "Capacitor://localhost",
    "capacitor:localhost",
    "capacitor://",
    "capacitor://*",
    "capacitor://a b",
    "wss://app.example",
    "app.example",
  ]) {
    expect(() => make(bad), bad).toThrow(/^origins must be exact/);
  }
  expect(() => make("null")).toThrow(/^origins must not be "null"/);
  const own = { sessions, origin: "capacitor://localhost" };
  expect(() => createHttp(own)).toThrow(/^origin must be exact/);
});

test("preflights: what is asked for may be sent, if it is a list of names", async () => {
  const { call } = openApp({ origins: ["https://admin.example"] });
  const allowed = async (asked: string, Origin = "https://admin.example") => {
    const headers = { Origin, "Access-Control-Request-Headers": asked };
    const answer = await call("OPTIONS", "/account/sessions", { headers });
    const { headers: got } = answer;
    return [got.get("access-control-allow-origin"), got.get("access-control-allow-headers")];
  };
  const names = "sentry-trace,traceparent, x-request-id";
  expect(await allowed(names)).toEqual(["https://admin.example", names]);
  const usual = "Authorization, Content-Type";
  for (const odd of ["", "a b", "a;b", "a,", '"a"', "a\tb"]) {
    expect(await allowed(odd)).toEqual(["https://admin.example", usual]);
  }
  expect(await allowed(names, EVIL)).toEqual([null, names]);
});
