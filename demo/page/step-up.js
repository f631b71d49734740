// The element asks for a fresh sign-in where the server does. Here that is the password again, on this page.
const template = document.getElementById("step-up");

document.addEventListener("rollcall-reauthenticate", (event) => {
  event.preventDefault();
  ask(event.detail.retry);
});

/** Asks for the password until it is right; then the rest is done without another question. */
function ask(goOn) {
  const dialog = template.content.firstElementChild.cloneNode(true);
  const [form, field, problem, cancel] = ["form", "input", "[role=alert]", ".plain"].map((one) =>
    dialog.querySelector(one),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const error = await errorOf(field.value);
    problem.textContent = error ?? "";
    field.select();
    if (error !== null) return;
    dialog.close();
    goOn();
  });
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Why it was refused; `null` if it was right. */
async function errorOf(password) {
  try {
    const response = await fetch("/auth/step-up", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ password }),
    });
    return response.ok ? null : (await response.json()).error;
  } catch {
    return "The server cannot be reached.";
  }
}
