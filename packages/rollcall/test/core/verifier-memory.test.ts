import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { open, user } from "../support/sessions.js";

test("an entry of the cache does not keep the header alive that its token came in", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const { sessions } = open();
  const { tokens } = await sessions.start(user);
  const fresh = async (): Promise<string> => {
    const answer = await sessions.refresh(tokens.refreshToken.token);
    return answer.tokens.accessToken.token;
  };
  const present = async (): Promise<void> => {
    // As a server makes it: one text from the bytes of the request, of which the token is a part.
    const bytes = Buffer.from(`other=${"x".repeat(50_000)}; token=${await fresh()}`, "latin1");
    const header = bytes.toString("latin1");
    await sessions.verify(header.slice(header.lastIndexOf("=") + 1));
  };
  for (let n = 0; n < 50; n++) await present();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 500; n++) await present();
  collect();
  expect(sessions.health().cacheSize).toBeGreaterThanOrEqual(500);
  // With their headers it would be 25 MB.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8_000_000);
});
