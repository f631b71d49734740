// Runs in the browser, bundled: puts the element on the page with a fake client of the test's.

import type { ListedSession } from "rollcall/client";
import { addLanguage as add } from "rollcall/element/define";
import "rollcall/element/define-api-keys";
import type { RollcallApiKeys, RollcallSessions } from "rollcall/element";
import { createFakeClient, type FakeClient } from "./fake-client.js";
import { sampleActor, sampleKey, sampleSession, sampleSessions } from "./sample-sessions.js";

declare global {
  var fake: FakeClient;
  var addLanguage: typeof add;
  var happened: { type: string; detail: unknown }[];
  var sample: (id: string, given?: Partial<ListedSession>) => ListedSession;
  var sampleApiKey: typeof sampleKey;
  var sampleActing: typeof sampleActor;
  var mountKeys: (attributes?: Record<string, string>, sessions?: readonly ListedSession[]) => void;
  var mount: (attributes?: Record<string, string>, sessions?: readonly ListedSession[]) => void;
}

globalThis.sample = sampleSession;
globalThis.sampleApiKey = sampleKey;
globalThis.sampleActing = sampleActor;
globalThis.happened = [];
globalThis.addLanguage = add;
globalThis.fake = createFakeClient(sampleSessions());

for (const type of [
  "rollcall-revoked",
  "rollcall-renamed",
  "rollcall-signed-out",
  "rollcall-sign-in",
  "rollcall-reauthenticate",
  "rollcall-error",
  "rollcall-key-created",
]) {
  document.addEventListener(type, (event) => {
    globalThis.happened.push({ type, detail: event instanceof CustomEvent ? event.detail : null });
  });
}

globalThis.mount = (attributes = {}, sessions) =>
  put(document.createElement("rollcall-sessions"), attributes, sessions);
globalThis.mountKeys = (attributes = {}, sessions) =>
  put(document.createElement("rollcall-api-keys"), attributes, sessions);

function put(
  element: RollcallSessions | RollcallApiKeys,
  attributes: Record<string, string>,
  sessions: readonly ListedSession[] | undefined,
): void {
  if (sessions !== undefined) globalThis.fake.sessionsNow = [...sessions];
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.client = globalThis.fake;
  document.querySelector("main")?.append(element);
}
