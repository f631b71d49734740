import type { HarnessOptions, Protocol } from "./harness.js";
import type { Stage, Transport } from "./stage.js";

/** One promise that every adapter keeps. */
export interface ContractCase {
  readonly name: string;
  /** What the application is started with beside cookies and an origin. */
  readonly options?: Partial<HarnessOptions>;
  /** Where it means something over one protocol only. */
  readonly protocol?: Protocol;
  run(stage: Stage): Promise<void>;
}

/** A case for each transport, by names of their own. */
export function overBothTransports(
  name: string,
  run: (stage: Stage, transport: Transport) => Promise<void>,
): readonly ContractCase[] {
  return (["bearer", "cookie"] as const).map((transport) => ({
    name: `${transport}: ${name}`,
    run: (stage) => run(stage, transport),
  }));
}
