// The plainest client there is: cookies carry the tokens, the server refreshes them in passing.
const element = (id) => document.getElementById(id);
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function say(text) {
  element("status").textContent = text;
}

/** The answer's JSON; `null` when nobody is signed in. Other refusals are said and thrown. */
async function ask(method, path, body) {
  const [response, answer] = await send(method, path, body).catch((error) => {
    say("The server cannot be reached.");
    throw error;
  });
  if (response.ok) return answer;
  if (response.status === 401) return null;
  say(answer.error);
  throw new Error(answer.error);
}

async function send(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return [response, await response.json()];
}

function labelOf({ name, device }) {
  return name ?? ([device.browser, device.os].filter(Boolean).join(" on ") || "Unknown device");
}

function make(tag, text, properties = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, properties);
}

function row(session) {
  const item = document.createElement("li");
  const about = document.createElement("div");
  const title = document.createElement("div");
  // Names and user agents are other people's text: they never become markup.
  title.append(make("strong", labelOf(session)));
  if (session.current) title.append(make("span", "this device", { className: "badge" }));
  const where = session.lastIp === null ? "" : ` from ${session.lastIp}`;
  const seen = `Last used ${dates.format(new Date(session.lastUsedAt))}${where}`;
  about.append(title, make("p", seen));
  about.append(make("p", `Signed in ${dates.format(new Date(session.createdAt))}`));
  const rename = make("button", "Rename", { type: "button", id: `rename-${session.id}` });
  rename.setAttribute("aria-label", `Rename ${labelOf(session)}`);
  rename.addEventListener("click", () => renameSession(session));
  const end = make("button", "Sign out", { type: "button", id: `end-${session.id}` });
  end.setAttribute("aria-label", `Sign out ${labelOf(session)}`);
  end.addEventListener("click", () =>
    act("DELETE", `/account/sessions/${session.id}`, "Signed out."),
  );
  const actions = make("div", "", { className: "actions" });
  actions.append(rename, end);
  item.append(about, actions);
  return item;
}

async function renameSession(session) {
  const name = prompt("A name for this device (empty to clear)", session.name ?? "");
  if (name === null) return;
  const body = { name: name.trim() === "" ? null : name };
  await ask("PATCH", `/account/sessions/${session.id}`, body);
  await show();
}

async function act(method, path, done) {
  await ask(method, path);
  say(done);
  await show();
}

async function show() {
  const me = await ask("GET", "/me");
  const list = me === null ? null : await ask("GET", "/account/sessions");
  element("sign-in").hidden = list !== null;
  element("account").hidden = list === null;
  if (list === null) return;
  element("who").textContent = me.user.email;
  // The list is made anew whenever it changes elsewhere: the keyboard stays where it was.
  const focused = document.activeElement?.id;
  element("sessions").replaceChildren(...list.sessions.map(row));
  if (focused) element(focused)?.focus();
  follow();
}

let following = false;

/** The list follows what happens elsewhere; the stream ends when this session does. */
function follow() {
  if (following) return;
  following = true;
  const stream = new EventSource("/account/sessions/events");
  stream.addEventListener("sessions", show);
  stream.addEventListener("revoked", async (event) => {
    stream.close();
    following = false;
    const { by } = JSON.parse(event.data);
    say(by.device === null ? "This device was signed out." : `Signed out from ${by.device}.`);
    await show();
  });
}

element("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  const signedIn = await ask("POST", "/auth/login", {
    email: element("email").value,
    password: element("password").value,
    persistent: element("persistent").checked,
    transport: "cookie",
  });
  if (signedIn === null) say("Wrong email or password.");
  await show();
  if (!element("account").hidden) element("account-title").focus();
  else if (signedIn !== null) {
    say("The browser kept no cookies. Open this page by its address with localhost, or over TLS.");
  }
});
element("others").addEventListener("click", () =>
  act("DELETE", "/account/sessions", "All other devices are signed out."),
);
element("everywhere").addEventListener("click", () =>
  act("POST", "/account/logout-everywhere", "You are signed out everywhere."),
);
element("sign-out").addEventListener("click", () => act("POST", "/auth/logout", "Signed out."));

await show();
