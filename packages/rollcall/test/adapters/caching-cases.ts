import { expect } from "vitest";
import type { ContractCase } from "./contract-case.js";

// What "Back" would show after a sign-out.

export const cachingCases: readonly ContractCase[] = [
  {
    name: "guarded answers with cookies are never stored, unless the application says otherwise",
    async run({ device, clock }) {
      const laptop = await device({ transport: "cookie" });
      const cachingOf = async (method: string, path: string): Promise<string | null> => {
        const answer = await laptop.send(method, path, method === "POST" ? { body: {} } : {});
        expect(answer.status, path).toBe(200);
        return answer.headers.get("cache-control");
      };
      expect(await cachingOf("POST", "/echo")).toBe("no-store");
      expect(await cachingOf("GET", "/late")).toBe("no-store");
      expect(await cachingOf("GET", "/guarded")).toBe("public, max-age=60");
      // By a refresh in passing that was answered by another request already.
      clock.advance(600_000);
      expect(await cachingOf("POST", "/echo")).toBe("no-store");
      expect(await cachingOf("POST", "/echo")).toBe("no-store");
    },
  },

  {
    name: "answers to bearer tokens, and those that nobody guards, are the application's",
    async run({ device, wire }) {
      const program = await device();
      const echo = await program.send("POST", "/echo", { body: {} });
      expect([echo.status, echo.headers.get("cache-control")]).toEqual([200, null]);
      expect((await wire.send("GET", "/open")).headers.get("cache-control")).toBeNull();
      const laptop = await device({ transport: "cookie" });
      expect((await laptop.send("GET", "/open")).headers.get("cache-control")).toBeNull();
    },
  },
];
