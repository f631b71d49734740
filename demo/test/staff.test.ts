import { expect, test } from "vitest";
import { dataFolder, signIn, startDemo } from "../../packages/rollcall/test/support/demo.js";

test("Hedy has a past, and staff, and staff alone, may end other people's sessions", async () => {
  const environment = { ROLLCALL_DATA: await dataFolder() };
  const first = await startDemo(environment);
  await first.stop();
  // A second start adds nothing.
  const demo = await startDemo(environment);
  const hedy = await signIn(demo, "hedy@example.com");
  const listed = await demo.call("GET", "/account/sessions", { token: hedy.access });
  expect(listed.json.sessions).toHaveLength(8);
  expect(listed.json.sessions.map(({ name }: { name: string | null }) => name)).toEqual(
    expect.arrayContaining(["Work laptop", "Kitchen iPad"]),
  );
  for (const session of listed.json.sessions) {
    expect(Date.parse(session.lastUsedAt)).toBeGreaterThanOrEqual(Date.parse(session.createdAt));
    expect(Date.parse(session.expiresAt)).toBeGreaterThan(Date.now());
  }

  expect((await demo.call("GET", "/admin/users", { token: hedy.access })).status).toBe(403);
  expect((await demo.call("GET", "/admin/users")).status).toBe(401);
  const { access: token } = await signIn(demo, "margaret@example.com");
  const { json } = await demo.call("GET", "/admin/users", { token });
  const { id } = json.users.find(({ email }: { email: string }) => email === "hedy@example.com");
  const base = `/admin/users/${id}/sessions`;
  const before = await demo.call("GET", base, { token });
  expect(before.json.sessions).toHaveLength(8);
  const mine = listed.json.sessions.find(({ current }: { current: boolean }) => current);
  const rename = async (id: string, name: unknown): Promise<unknown> => {
    const { status, json } = await demo.call("PATCH", `${base}/${id}`, { token, body: { name } });
    return [status, json.session?.name];
  };
  expect(await rename(mine.id, "Reported stolen")).toEqual([200, "Reported stolen"]);
  expect(await rename(mine.id, null)).toEqual([200, null]);
  expect(await rename(mine.id, "")).toEqual([400, undefined]);
  expect(await rename(mine.id, 5)).toEqual([400, undefined]);
  expect(await rename("nonsense", "x")).toEqual([404, undefined]);
  expect((await demo.call("DELETE", `${base}/${mine.id}`, { token })).status).toBe(200);
  expect((await demo.call("GET", "/me", { token: hedy.access })).status).toBe(401);
  expect((await demo.call("DELETE", base, { token })).json).toEqual({ revoked: 7 });
  expect((await demo.call("DELETE", `${base}/nonsense`, { token })).status).toBe(404);
  expect((await demo.call("GET", "/admin/users/nobody/sessions", { token })).status).toBe(404);
});
