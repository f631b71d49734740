import { isIP } from "node:net";
import fc from "fast-check";
import type { RequestHead } from "rollcall/http";
import { deviceFromRequest } from "rollcall/http";
import { expect, test } from "vitest";
import { clientAddress } from "../../src/http/client-address.js";
import { user } from "../support/sessions.js";
import { openApp, request } from "./app.js";

function head(forwarded: string): RequestHead {
  return { method: "GET", headers: { get: () => forwarded } };
}

const cases: [string, number, string | undefined, string | undefined][] = [
  // X-Forwarded-For, trusted proxies, the socket's address, expected
  ["6.6.6.6", 0, "192.0.2.1", "192.0.2.1"],
  ["6.6.6.6, 203.0.113.9", 1, "10.0.0.1", "203.0.113.9"],
  ["6.6.6.6, 203.0.113.9, 10.0.0.2", 2, "10.0.0.1", "203.0.113.9"],
  ["2001:db8::1", 1, "10.0.0.1", "2001:db8::1"],
  ["", 0, undefined, undefined],
  ["203.0.113.9", 0, undefined, undefined],
  // Fewer entries than proxies, or one that is no address: the socket's is a proxy's.
  ["203.0.113.9", 2, "10.0.0.1", undefined],
  ["", 1, "10.0.0.1", undefined],
  ["evil, <b>", 1, "10.0.0.1", undefined],
  ["6.6.6.6, ", 1, "10.0.0.1", undefined],
  ["6.6.6.6, unknown", 1, "10.0.0.1", undefined],
  ["6.6.6.6, _hidden", 1, "10.0.0.1", undefined],
  ["6.6.6.6,, 10.0.0.2", 2, "10.0.0.1", undefined],
  // With a port, in brackets.
  ["203.0.113.7:51234", 1, "10.0.0.1", "203.0.113.7"],
  ["[2001:db8::7]:443", 1, "10.0.0.1", "2001:db8::7"],
  ["[2001:db8::7]", 1, "10.0.0.1", "2001:db8::7"],
  ["203.0.113.7:", 1, "10.0.0.1", undefined],
  ["203.0.113.7:port", 1, "10.0.0.1", undefined],
  ["203.0.113.7:1:2", 1, "10.0.0.1", undefined],
  ["[2001:db8::7", 1, "10.0.0.1", undefined],
  ["[203.0.113.7]:443", 1, "10.0.0.1", undefined],
  ["[2001:db8::7]443", 1, "10.0.0.1", undefined],
  ["203.0.113.256", 1, "10.0.0.1", undefined],
  ["203.0.113", 1, "10.0.0.1", undefined],
  ["0xcb007107", 1, "10.0.0.1", undefined],
  // One way to write each.
  ["2001:DB8:0:0:0:0:0:7", 1, "10.0.0.1", "2001:db8::7"],
  ["", 0, "::ffff:192.0.2.7", "192.0.2.7"],
  ["", 0, "::FFFF:c000:0201", "192.0.2.1"],
  ["[::ffff:c000:0201]:8080", 1, "10.0.0.1", "192.0.2.1"],
  ["0:0:0:0:0:ffff:203.0.113.7", 1, "10.0.0.1", "203.0.113.7"],
  ["::ffff:0:1", 1, "10.0.0.1", "0.0.0.1"],
  ["::1", 0, "::1", "::1"],
  ["", 0, "fe80::1%eth0", "fe80::1"],
  ["fe80::1%25", 1, "10.0.0.1", "fe80::1"],
  ["[fe80::1%eth0]:80", 1, "10.0.0.1", "fe80::1"],
  ["::ffff:192.0.2.7%lo", 1, "10.0.0.1", "192.0.2.7"],
  // White space is a space or a tab.
  ["6.6.6.6,\t203.0.113.9 \t", 1, "10.0.0.1", "203.0.113.9"],
  ["6.6.6.6,\u00a0203.0.113.9", 1, "10.0.0.1", undefined],
  ["203.0.113 .9", 1, "10.0.0.1", undefined],
];

for (const [forwarded, proxies, socket, expected] of cases) {
  test(`${JSON.stringify(forwarded)} behind ${proxies} proxies from ${socket} is ${expected}`, () => {
    const headers = { "X-Forwarded-For": forwarded };
    const made = new Request("https://app.example/", { headers });
    expect(clientAddress(made, { address: socket }, proxies)).toBe(expected);
  });
}

test("several lines of the header are one list", () => {
  const headers = new Headers([
    ["X-Forwarded-For", "6.6.6.6, 203.0.113.9"],
    ["X-Forwarded-For", "10.0.0.2"],
  ]);
  const made = new Request("https://app.example/", { headers });
  expect(clientAddress(made, { address: "10.0.0.1" }, 1)).toBe("10.0.0.2");
  expect(clientAddress(made, { address: "10.0.0.1" }, 2)).toBe("203.0.113.9");
});

/** As a proxy may write it. */
const written = fc.oneof(
  fc.ipV4().map((address) => [address, address] as const),
  fc
    .tuple(fc.ipV4(), fc.nat(65_535))
    .map(([address, port]) => [`${address}:${port}`, address] as const),
  fc.ipV4().map((address) => [`::ffff:${address}`, address] as const),
  fc.ipV4().map((address) => {
    const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
    const groups = [a * 256 + b, c * 256 + d].map((group) => group.toString(16));
    return [`[0:0::FFFF:${groups.join(":")}%1]:80`, address] as const;
  }),
);

test("IPv4 is IPv4, however it is written", () => {
  fc.assert(
    fc.property(written, ([text, address]) => {
      expect(clientAddress(head(`6.6.6.6, ${text}`), undefined, 1)).toBe(address);
    }),
  );
});

test("IPv6 is the same address however it is written, and reads as itself", () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.nat(65_535), (address, port) => {
      const plain = clientAddress(head(address), undefined, 1);
      if (plain === undefined) return expect.unreachable(address);
      expect(isIP(plain)).not.toBe(0);
      expect(clientAddress(head(`[${address.toUpperCase()}]:${port}`), undefined, 1)).toBe(plain);
      expect(clientAddress(head(plain), undefined, 1)).toBe(plain);
    }),
  );
});

test("whatever else a header holds is an address or nothing, and never the socket's", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary-ascii" }),
      fc.integer({ min: 1, max: 3 }),
      (text, proxies) => {
        const read = clientAddress(head(text), { address: "10.0.0.1" }, proxies);
        if (!text.includes("10.0.0.1")) expect(read).not.toBe("10.0.0.1");
        if (read !== undefined) expect(isIP(read)).not.toBe(0);
      },
    ),
  );
});

test("a number of proxies that is none is refused, and never the client's own claim", () => {
  const made = new Request("https://app.example/", {
    headers: { "X-Forwarded-For": "6.6.6.6, 203.0.113.9" },
  });
  for (const trustedProxies of [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY]) {
    const options = { connection: { address: "10.0.0.1" }, trustedProxies };
    expect(() => deviceFromRequest(made, options), `${trustedProxies}`).toThrow(
      /^trustedProxies must be a whole number/,
    );
  }
  for (const wrong of ['"1"', "null", "true"]) {
    const options = { trustedProxies: JSON.parse(wrong) };
    expect(() => deviceFromRequest(made, options), wrong).toThrow(/^trustedProxies must be/);
  }
});

test("a device is read from the user agent, Client Hints and the address", () => {
  const headers = {
    "User-Agent": `Mozilla/5.0 ${"x".repeat(2000)}`,
    "Sec-CH-UA-Platform": '"Android"',
    "Sec-CH-UA-Model": '"Pixel \\"9\\""',
    "Sec-CH-UA": '"Chromium";v="140", "Brave";v="140"',
    "Sec-CH-UA-Platform-Version": '"16.0.0"',
    "Sec-CH-UA-Mobile": "?1",
    "X-Forwarded-For": "6.6.6.6",
  };
  const made = new Request("https://app.example/", { headers });
  const device = deviceFromRequest(made, { connection: { address: "192.0.2.1" } });
  expect(device).toEqual({
    userAgent: expect.stringMatching(/^Mozilla\/5.0 x{500}$/),
    ip: "192.0.2.1",
    hints: {
      platform: "Android",
      model: 'Pixel "9"',
      mobile: "?1",
      brands: '"Chromium";v="140", "Brave";v="140"',
      platformVersion: "16.0.0",
    },
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
