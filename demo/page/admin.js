// The staff's page: the same element on another client, which asks for the sessions of any user.
import { addLanguage } from "/rollcall-sessions.js";

const element = (id) => document.getElementById(id);

async function ask(method, path, body) {
  const response = await fetch(path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  const { error = "", errorCode = null } = answer;
  throw Object.assign(new Error(error), {
    name: "ClientError",
    status: response.status,
    errorCode,
  });
}

const withDates = (session) => ({
  ...session,
  createdAt: new Date(session.createdAt),
  lastUsedAt: new Date(session.lastUsedAt),
  expiresAt: new Date(session.expiresAt),
});

/** What of a client the element needs, for somebody else's sessions. */
function clientFor(user) {
  const base = `/admin/users/${user}/sessions`;
  const never = () => () => {};
  return {
    fetch,
    signedIn: async () => {},
    signOut: async () => {},
    sessions: {
      async list({ cursor } = {}) {
        const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
        const page = await ask("GET", `${base}${query}`);
        return { ...page, sessions: page.sessions.map(withDates) };
      },
      revoke: async (id) => (await ask("DELETE", `${base}/${id}`)) !== null,
      revokeOthers: async () => (await ask("DELETE", base)).revoked,
      revokeAll: async () => void (await ask("DELETE", base)),
      async rename(id, name) {
        const { session } = await ask("PATCH", `${base}/${id}`, { name });
        return withDates(session);
      },
    },
    onSignedOut: never,
    onSessionsChanged(listener) {
      // The stream is for one's own list: somebody else's is read anew now and then.
      const timer = setInterval(listener, 3_000);
      return () => clearInterval(timer);
    },
    close() {},
  };
}

/** Here they are somebody else's, and none of them is "this device". */
function sayWhose(email) {
  addLanguage("en", {
    title: `Where ${email} is signed in`,
    otherDevices: "Devices",
    signOutOthers: "Sign out all",
    askOthers: `Sign out all devices of ${email}?`,
    explainOthers: "They lose access at once. Whoever uses them will have to sign in again.",
    othersSignedOut: "All devices were signed out.",
    noOthers: "Not signed in anywhere.",
  });
}

/** Each user's, by id. */
const roles = new Map();

async function changeRole() {
  const [user, role] = [element("user").value, element("role").value];
  await ask("PUT", `/admin/users/${user}/role`, { role });
  roles.set(user, role);
  element("status").textContent = `The role is now “${role}”, on every device.`;
}

/** The page of that user, as they see it. The way back is there. */
async function act() {
  try {
    await ask("POST", `/admin/users/${element("user").value}/acting`);
    location.assign("/");
  } catch ({ message }) {
    element("status").textContent = message;
  }
}

function show() {
  const [{ text }] = element("user").selectedOptions;
  element("role").value = roles.get(element("user").value);
  sayWhose(text);
  const screen = document.createElement("rollcall-sessions");
  screen.client = clientFor(element("user").value);
  // Staff who end their own sessions here are signed out, too.
  screen.signInUrl = "/";
  element("sessions").replaceChildren(screen);
}

try {
  const { users } = await ask("GET", "/admin/users");
  element("user").replaceChildren(...users.map(({ id, email }) => new Option(email, id)));
  for (const { id, role } of users) roles.set(id, role);
  const seeded = users.find(({ email }) => email.startsWith("hedy@"));
  if (seeded !== undefined) element("user").value = seeded.id;
  element("choice").hidden = false;
  element("user").addEventListener("change", show);
  element("role").addEventListener("change", changeRole);
  element("act").addEventListener("click", act);
  show();
} catch ({ status, message }) {
  element("status").textContent =
    status === 401 || status === 403
      ? "This page is for staff: sign in as margaret@example.com."
      : message;
}
