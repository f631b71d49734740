// Runs in Node, bundled with one React or another: prints what a server sends.

import { createElement, StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { RollcallSessions } from "rollcall/react";

const screen = createElement(RollcallSessions, {
  className: "wide",
  id: "devices",
  lang: "de",
  signInUrl: "/sign-in",
  headingLevel: 3,
  placeOf: () => null,
  onRevoked: () => {},
});
console.log(renderToString(createElement(StrictMode, null, screen)));
