import { expect, test } from "vitest";
import { clientAddress } from "../../src/http/client-address.js";
import { deviceFromRequest } from "../../src/http/device-from-request.js";
import { user } from "../support/sessions.js";
import { openApp, request } from "./app.js";

const cases: [string, number, string | undefined, string | undefined][] = [
  // X-Forwarded-For, trusted proxies, the socket's address, expected
  ["6.6.6.6", 0, "192.0.2.1", "192.0.2.1"],
  ["6.6.6.6, 203.0.113.9", 1, "10.0.0.1", "203.0.113.9"],
  ["6.6.6.6, 203.0.113.9, 10.0.0.2", 2, "10.0.0.1", "203.0.113.9"],
  ["203.0.113.9", 2, "10.0.0.1", "10.0.0.1"],
  ["", 1, "10.0.0.1", "10.0.0.1"],
  ["evil, <b>", 1, "10.0.0.1", "10.0.0.1"],
  ["6.6.6.6, ", 1, "10.0.0.1", "10.0.0.1"],
  ["2001:db8::1", 1, "10.0.0.1", "2001:db8::1"],
  ["", 0, "::ffff:192.0.2.7", "192.0.2.7"],
  ["", 0, undefined, undefined],
  ["203.0.113.9", 0, undefined, undefined],
];

for (const [forwarded, proxies, socket, expected] of cases) {
  test(`"${forwarded}" behind ${proxies} proxies from ${socket} is ${expected}`, () => {
    const headers = { "X-Forwarded-For": forwarded };
    const made = new Request("https://app.example/", { headers });
    expect(clientAddress(made, { address: socket }, proxies)).toBe(expected);
  });
}

test("a device is read from the user agent, Client Hints and the address", () => {
  const headers = {
    "User-Agent": `Mozilla/5.0 ${"x".repeat(2000)}`,
    "Sec-CH-UA-Platform": '"Android"',
    "Sec-CH-UA-Model": '"Pixel 9"',
    "Sec-CH-UA-Mobile": "?1",
    "X-Forwarded-For": "6.6.6.6",
  };
  const made = new Request("https://app.example/", { headers });
  const device = deviceFromRequest(made, { connection: { address: "192.0.2.1" } });
  expect(device).toEqual({
    userAgent: expect.stringMatching(/^Mozilla\/5.0 x{500}$/),
    ip: "192.0.2.1",
    hints: { platform: "Android", model: "Pixel 9", mobile: "?1" },
  });
  expect(deviceFromRequest(new Request("https://app.example/"))).toEqual({});
});

test("a sign-in records the device of its request; a refresh moves the address last seen", async () => {
  const { http, sessions } = openApp();
  const login = request("POST", "/login", { headers: { "User-Agent": "curl/8.5.0" } });
  const signIn = await http.signIn(login, user, { connection: { address: "192.0.2.1" } });
  expect(signIn.session.deviceInfo).toEqual({ userAgent: "curl/8.5.0", ip: "192.0.2.1" });
  if (!("tokens" in signIn.body)) throw new Error("no tokens");
  const body = { refreshToken: signIn.body.tokens.refreshToken.token };
  await http.fetch(request("POST", "/auth/refresh", { body }), { address: "192.0.2.2" });
  const session = await sessions.get(user, signIn.session.id);
  expect(session?.lastIp).toBe("192.0.2.2");
  expect(session?.deviceInfo?.ip).toBe("192.0.2.1");
});
