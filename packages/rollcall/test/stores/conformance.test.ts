import { reasonToSkip, storeCases } from "rollcall/testing";
import { describe, test } from "vitest";
import { stores } from "../support/stores.js";

for (const { name, open } of stores) {
  describe(name, () => {
    for (const storeCase of storeCases) {
      test(storeCase.name, async (context) => {
        const harness = await open();
        try {
          const reason = reasonToSkip(storeCase, harness);
          if (reason !== null) {
            console.info(`skipped on ${name}: "${storeCase.name}", since ${reason}`);
            return context.skip(reason);
          }
          await storeCase.run(harness);
        } finally {
          await harness.close();
        }
      });
    }
  });
}
