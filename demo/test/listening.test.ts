import { once } from "node:events";
import { createServer } from "node:http";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { dataFolder, spawnDemo, startDemo } from "../../packages/rollcall/test/support/demo.js";

function addresses(wanted: (address: NetworkInterfaceInfo) => boolean): string[] {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return all.filter(wanted).map(({ address }) => address);
}

const outward = addresses(({ family, internal }) => family === "IPv4" && !internal);
const hasIpv6 = addresses(({ address }) => address === "::1").length > 0;

const status = async (host: string, url: string): Promise<number> =>
  (await fetch(url.replace("localhost", host))).status;

test.skipIf(!hasIpv6)("it listens on both addresses that localhost may mean", async () => {
  const { url } = await startDemo({ ROLLCALL_DATA: await dataFolder() });
  expect(await status("127.0.0.1", url)).toBe(200);
  expect(await status("[::1]", url)).toBe(200);
});

test.skipIf(outward.length === 0)("others reach it only if HOST says so", async () => {
  const [address = ""] = outward;
  const { url } = await startDemo({ ROLLCALL_DATA: await dataFolder() });
  await expect(status(address, url)).rejects.toThrow();
  const open = await startDemo({ ROLLCALL_DATA: await dataFolder(), HOST: "0.0.0.0" });
  expect(await status(address, open.url)).toBe(200);
});

test.each(hasIpv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"])(
  "a port that somebody else has on %s is said plainly",
  async (host) => {
    const other = createServer().listen(0, host);
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const child = spawnDemo({ ROLLCALL_DATA: await dataFolder(), PORT: port });
    const printed: string[] = [];
    child.stderr?.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
    const [code] = await once(child, "close");
    const message = expect.stringMatching(
      /^rollcall demo: cannot listen on .*EADDRINUSE.*PORT.*\n$/,
    );
    expect([code, printed.join("")]).toEqual([1, message]);
  },
);
