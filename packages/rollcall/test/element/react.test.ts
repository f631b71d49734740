import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BuildOptions } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { bundle, openStage, type Stage } from "./stage.js";

const REACTS: readonly (readonly [major: string, alias: BuildOptions["alias"] & object])[] = [
  ["19", {}],
  ["18", { react: "react18", "react-dom": "react-dom18" }],
];

const EVENTS = [
  "rollcall-revoked",
  "rollcall-renamed",
  "rollcall-signed-out",
  "rollcall-sign-in",
  "rollcall-reauthenticate",
  "rollcall-error",
];

/** What a server sends; throws when React has something to say about it. */
async function render(alias: Record<string, string>): Promise<string> {
  const options: BuildOptions = { alias, platform: "node", format: "cjs", splitting: false };
  const built = await bundle("test/element/react-server.ts", options);
  const folder = await mkdtemp(join(tmpdir(), "rollcall-react-"));
  try {
    const program = join(folder, "server.cjs");
    await writeFile(program, built.get("react-server.js") ?? "");
    const env = { ...process.env, NODE_ENV: "development" };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { env });
    if (stderr !== "") throw new Error(stderr);
    return stdout.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All that is complained of on a page from now on. */
function complaintsOn(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  return complaints;
}

describe.each(REACTS)("on a server, React %s", (_, alias) => {
  test("sends the bare tag, and needs no DOM", async () => {
    expect(await render(alias)).toBe(
      '<rollcall-sessions id="devices" lang="de" class="wide"></rollcall-sessions>',
    );
  });
});

describe.skipIf(!browserAvailable).each(REACTS)("in React %s", (major, alias) => {
  let stage: Stage;

  beforeAll(async () => {
    const define = { "process.env.NODE_ENV": '"development"' };
    const built = await bundle("test/element/react-page.ts", { alias, define });
    stage = await openStage(
      new Map([...built, ["page-entry.js", built.get("react-page.js") ?? ""]]),
    );
  });
  afterAll(() => stage.close());

  test("is tested in that version", async () => {
    const page = await stage.open();
    const versions = await page.evaluate(() => globalThis.versions);
    expect(versions.map((version) => version.split(".")[0])).toEqual([major, major]);
  });

  test("shows the list, and takes what changes", async () => {
    const page = await stage.open();
    const complaints = complaintsOn(page);
    await page.evaluate(() =>
      show({ client: fake, headingLevel: 3, className: "wide", lang: "de" }),
    );
    await expect.poll(() => page.locator("li").count()).toBe(5);
    expect(await page.locator('.wide #title[aria-level="3"]').count()).toBe(1);
    expect(await page.evaluate(() => fake.followers.changes)).toBe(1);
    const text = page.locator("rollcall-sessions");

    await page.evaluate(() => show({ client: fake, headingLevel: 4, placeOf: () => "Utopia" }));
    await expect.poll(() => text.locator('#title[aria-level="4"]').count()).toBe(1);
    expect(await text.getByText("Utopia").count()).toBe(5);

    await page.evaluate(() => show({ client: fake, placeOf: undefined }));
    await expect.poll(() => text.locator('#title[aria-level="2"]').count()).toBe(1);
    expect(await text.getByText("Utopia").count()).toBe(0);
    expect(await page.locator(".wide, [lang=de]").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("hands each event to its prop, once", async () => {
    const page = await stage.open();
    await page.evaluate(() => {
      show({
        client: fake,
        onRevoked: ({ type }) => heard.push(["onRevoked", type]),
        onRenamed: ({ type }) => heard.push(["onRenamed", type]),
        onSignedOut: ({ type }) => heard.push(["onSignedOut", type]),
        onSignIn: ({ type }) => heard.push(["onSignIn", type]),
        onReauthenticate: ({ type }) => heard.push(["onReauthenticate", type]),
        onProblem: ({ type }) => heard.push(["onProblem", type]),
      });
    });
    await expect.poll(() => page.locator("li").count()).toBe(5);
    await page.evaluate((types) => {
      for (const type of types) screenRef.current?.dispatchEvent(new CustomEvent(type));
    }, EVENTS);
    expect(await page.evaluate(() => heard)).toEqual([
      ["onRevoked", "rollcall-revoked"],
      ["onRenamed", "rollcall-renamed"],
      ["onSignedOut", "rollcall-signed-out"],
      ["onSignIn", "rollcall-sign-in"],
      ["onReauthenticate", "rollcall-reauthenticate"],
      ["onProblem", "rollcall-error"],
    ]);
  });

  test("hears with the handler of now", async () => {
    const page = await stage.open();
    await page.evaluate(() =>
      show({ client: fake, onSignedOut: () => heard.push("the handler before") }),
    );
    await expect.poll(() => page.locator("li").count()).toBe(5);
    await page.evaluate(() =>
      show({ client: fake, signInUrl: "/now", onSignedOut: (e) => heard.push(e.detail.message) }),
    );
    await expect.poll(() => page.evaluate(() => screenRef.current?.signInUrl)).toBe("/now");
    await page.evaluate(() =>
      fake.end({ reason: "revoked", by: { kind: "user", device: "Safari" } }),
    );
    await expect.poll(() => page.evaluate(() => heard)).toEqual(["Signed out from Safari."]);

    await page.evaluate(() => show({ client: fake }));
    await expect.poll(() => page.evaluate(() => screenRef.current?.signInUrl)).toBe("");
    await page.evaluate(() =>
      screenRef.current?.dispatchEvent(new CustomEvent("rollcall-signed-out")),
    );
    expect(await page.evaluate(() => heard.length)).toBe(1);
  });

  test("starts anew through its ref", async () => {
    const page = await stage.open();
    await page.evaluate(() => show({ client: fake }));
    await expect.poll(() => page.locator("li").count()).toBe(5);
    const before = await page.evaluate(() => fake.calls.length);
    await page.evaluate(() => screenRef.current?.reload());
    await expect.poll(() => page.evaluate(() => fake.calls.length)).toBe(before + 1);
  });

  test("leaves nothing behind", async () => {
    const page = await stage.open();
    await page.evaluate(() => show({ client: fake, onSignIn: () => heard.push("sign in") }));
    await expect.poll(() => page.locator("li").count()).toBe(5);
    const after = await page.evaluate(() => {
      const element = screenRef.current;
      unmount();
      element?.dispatchEvent(new CustomEvent("rollcall-sign-in"));
      return { ref: screenRef.current, followers: fake.followers, heard, closed: fake.closed };
    });
    // The client is the application's, and stays open.
    const followers = { changes: 0, ends: 0 };
    expect(after).toEqual({ ref: null, followers, heard: [], closed: false });
  });

  test("brings the server's tag to life, with its own client from the start", async () => {
    const sent = await render(alias);
    const page = await (await stage.browser.newContext()).newPage();
    const complaints = complaintsOn(page);
    const requests: string[] = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await page.route(stage.url, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/<main>.*<\/main>/, `<main>${sent}</main>`);
      await route.fulfill({ response, body });
    });
    await page.goto(stage.url);
    await page.evaluate(() => {
      heard.push(document.querySelector("rollcall-sessions"));
      hydrate({ client: fake, className: "wide", id: "devices", lang: "de" });
    });
    await expect.poll(() => page.locator("li").count()).toBe(5);
    expect(complaints).toEqual([]);
    expect(await page.evaluate(() => heard[0] === screenRef.current)).toBe(true);
    expect(requests.filter((path) => !path.endsWith(".js"))).toEqual(["/"]);
  });
});
