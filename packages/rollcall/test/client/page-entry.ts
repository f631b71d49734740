// Runs in the browser, bundled: a client, and what it has heard.

import { type Client, type ClientOptions, createClient } from "rollcall/client";

declare global {
  var client: Client;
  var outs: unknown[];
  var changes: number;
  var openClient: (options: ClientOptions) => void;
}

globalThis.outs = [];
globalThis.changes = 0;
globalThis.openClient = (options) => {
  globalThis.client = createClient(options);
  globalThis.client.onSignedOut((how) => globalThis.outs.push(how));
  globalThis.client.onSessionsChanged(() => {
    globalThis.changes += 1;
  });
};
