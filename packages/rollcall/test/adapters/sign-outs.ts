import { expect } from "vitest";
import type { Device, Stage, Transport } from "./stage.js";
import type { Answer } from "./wire.js";

const CLEARED = [
  "__Host-rollcall-at=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax",
  "__Host-rollcall-rt=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax",
];

/** The end of one's own session takes the cookies along; nobody else's does. */
export function expectCleared(answer: Answer, transport: Transport): void {
  expect(answer.headers.getSetCookie()).toEqual(transport === "cookie" ? CLEARED : []);
}

/** Whatever they hold, it is good for nothing any more. */
export async function expectSignedOut(...devices: readonly Device[]): Promise<void> {
  for (const device of devices) {
    // A device whose cookies were cleared has nothing left to show.
    const code = device.tokens().access === "" ? "EC001" : "EC002";
    const answer = await device.send("GET", "/guarded");
    expect([answer.status, answer.json.errorCode]).toEqual([401, code]);
  }
}

/** The same user's. */
export async function twoDevices(stage: Stage, transport: Transport): Promise<[Device, Device]> {
  return [await stage.device({ transport }), await stage.device({ transport })];
}
