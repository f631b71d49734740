// The account page: the sign-in is the application's own, the list of sessions is the element.
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
  if (!isIn) return;
  const { email } = answer.user;
  element("who").firstElementChild.textContent = email;
  element("to-admin").hidden = !email.startsWith("margaret@");
  if (element("account").firstChild === null) {
    const screen = document.createElement("rollcall-sessions");
    screen.signInUrl = "/";
    element("account").append(screen);
  }
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
  await show();
  if (element("who").hidden) {
    say("The browser kept no cookies. Open this page by its address with localhost, or over TLS.");
  }
});

// Also when another device did it: nobody is signed in here any more, and the screen says so.
document.addEventListener("rollcall-signed-out", () => {
  element("who").hidden = true;
});

element("sign-out").addEventListener("click", async () => {
  await ask("POST", "/auth/logout");
  location.reload();
});

await show();
