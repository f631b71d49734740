import { expect, test } from "vitest";
import { jsonObject } from "../../rollcall/src/core/model/json.js";
import { deviceOf } from "../src/auth/device.js";

test("what a client says of its device is kept as far as there is room, whatever it is", () => {
  for (const text of ["日", "é", '"', "\\", "\u0001", "\0", "\ud800", "😀", "x"]) {
    const long = text.repeat(2000);
    const kept = deviceOf({ userAgent: long, ip: long, deviceId: long });
    expect(() => jsonObject(kept ?? {}, "device"), JSON.stringify(text)).not.toThrow();
  }
  expect(deviceOf({ userAgent: "日本 1.0", ip: "192.0.2.1", deviceId: "" })).toEqual({
    userAgent: "日本 1.0",
    ip: "192.0.2.1",
  });
});
