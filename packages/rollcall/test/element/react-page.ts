// Runs in the browser, bundled with one React or another: has the component on the page, as strict
// as React can be.

import { createElement, createRef, type ReactElement, StrictMode, version } from "react";
import { version as domVersion } from "react-dom";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import type { RollcallSessions as SessionsElement } from "rollcall/element";
import { RollcallSessions, type RollcallSessionsProps } from "rollcall/react";
import { createFakeClient } from "./fake-client.js";
import { sampleSessions } from "./sample-sessions.js";

declare global {
  var screenRef: { readonly current: SessionsElement | null };
  /** What the component's handlers heard. */
  var heard: unknown[];
  var versions: readonly string[];
  var show: (props: RollcallSessionsProps) => void;
  var hydrate: (props: RollcallSessionsProps) => void;
  var unmount: () => void;
}

const ref = createRef<SessionsElement>();
let root: Root | undefined;

function app(props: RollcallSessionsProps): ReactElement {
  return createElement(StrictMode, null, createElement(RollcallSessions, { ...props, ref }));
}

function main(): Element {
  const found = document.querySelector("main");
  if (found === null) throw new Error("the page has no main");
  return found;
}

globalThis.fake = createFakeClient(sampleSessions());
globalThis.screenRef = ref;
globalThis.heard = [];
globalThis.versions = [version, domVersion];
globalThis.show = (props) => {
  root ??= createRoot(main());
  root.render(app(props));
};
globalThis.hydrate = (props) => {
  root = hydrateRoot(main(), app(props));
};
globalThis.unmount = () => root?.unmount();
