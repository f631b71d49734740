// The account page: the sign-in is the application's own, the list of sessions is the element.
import { addLanguage as addToKeys } from "/rollcall-api-keys.js";
import { addLanguage } from "/rollcall-sessions.js";

// The application's own names of its kinds of sessions, and of scopes, in words.
const scopes = { "articles:read": "Read articles", "articles:write": "Publish articles" };
addLanguage("en", {
  labels: { remembered: "Stays signed in", browser: "Until the browser closes", ...scopes },
});
addToKeys("en", { labels: scopes });

const element = (id) => document.getElementById(id);

function say(text) {
  element("status").textContent = text;
}

/** The status of the answer, and its JSON. */
async function ask(method, path, body) {
  try {
    const response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return [response.status, await response.json()];
  } catch {
    return [0, { error: "The server cannot be reached." }];
  }
}

async function show() {
  const [status, answer] = await ask("GET", "/me");
  const isIn = status === 200;
  if (!isIn && status !== 401) say(answer.error);
  element("sign-in").hidden = isIn || status !== 401;
  element("who").hidden = !isIn;
  document.dispatchEvent(new CustomEvent("signed-in", { detail: isIn ? answer : null }));
  if (!isIn) return;
  const { email } = answer.user;
  element("acting").hidden = answer.actedBy === null;
  element("acting").firstElementChild.textContent = `${answer.actedBy} acts as ${email}.`;
  element("who").firstElementChild.textContent = email;
  element("to-admin").hidden = !email.startsWith("margaret@");
  const keys = document.createElement("rollcall-api-keys");
  keys.scopes = Object.keys(scopes).join(" ");
  element("keys").replaceChildren(keys);
  element("keys").hidden = false;
  const [screen] = element("account").children;
  element("account").hidden = false;
  // Signed in again, on a page that has the screen already.
  if (screen !== undefined) return screen.reload();
  element("account").append(document.createElement("rollcall-sessions"));
}

element("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  const [status, answer] = await ask("POST", "/auth/login", {
    email: element("email").value,
    password: element("password").value,
    persistent: element("persistent").checked,
    transport: "cookie",
  });
  if (status !== 200) return say(status === 401 ? "Wrong email or password." : answer.error);
  // The form comes back when this device is signed out, maybe to somebody else.
  element("password").value = "";
  await show();
  if (element("who").hidden) {
    say("The browser kept no cookies. Open this page by its address with localhost, or over TLS.");
  }
});

// Here, or by another device: the person is at the sign-in at once, and reads why.
document.addEventListener("rollcall-signed-out", ({ detail }) => {
  element("who").hidden = true;
  element("account").hidden = true;
  element("acting").hidden = true;
  element("keys").hidden = true;
  document.dispatchEvent(new CustomEvent("signed-in", { detail: null }));
  element("sign-in").hidden = false;
  say(`You’re signed out. ${detail.message}`);
  element("email").focus();
});

element("stop-acting").addEventListener("click", async () => {
  const [status, answer] = await ask("POST", "/auth/stop-acting");
  if (status === 200) location.assign("/admin");
  else say(answer.error);
});

element("sign-out").addEventListener("click", async () => {
  await ask("POST", "/auth/logout");
  location.reload();
});

await show();
