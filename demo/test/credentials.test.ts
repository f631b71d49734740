import { expect, test } from "vitest";
import { readCredentials } from "../credentials.js";

function read(body: string | ReadableStream<Uint8Array>): ReturnType<typeof readCredentials> {
  // A stream needs it, and lib.dom does not know it yet.
  const half = { duplex: "half" };
  return readCredentials(new Request("http://localhost/", { method: "POST", body, ...half }));
}

test("what somebody signs in with, the address as it is compared", async () => {
  expect(await read('{"email":" Ada@Example.COM ","password":" pass "}')).toEqual({
    email: "ada@example.com",
    password: " pass ",
    transport: "bearer",
    persistent: true,
  });
  const text = '{"email":"a","password":"b","transport":"cookie","persistent":false}';
  expect(await read(text)).toMatchObject({ transport: "cookie", persistent: false });
});

test.each([
  "",
  "{",
  "[]",
  "null",
  '"text"',
  '{"email":"a"}',
  '{"email":["a"],"password":"b"}',
  `{"email":"${"a".repeat(256)}","password":"b"}`,
  `{"email":"a","password":"${"b".repeat(1025)}"}`,
])("malformed body %#", async (body) => {
  await expect(read(body)).rejects.toMatchObject({ status: 400, errorCode: "EC008" });
});

test("a body without an end is given up early", async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1024;
      controller.enqueue(new Uint8Array(1024).fill(0x20));
    },
  });
  await expect(read(endless)).rejects.toMatchObject({ errorCode: "EC008" });
  expect(sent).toBeLessThan(32_768);
});
