// What the person may do here follows their role, which may change while the page is open.
const element = (id) => document.getElementById(id);

const WORDS = { reader: "a reader", editor: "an editor" };
const SECONDS = 2;
let isIn = false;

function show(me) {
  isIn = me !== null;
  element("articles").hidden = !isIn;
  if (!isIn) return;
  element("role").textContent = WORDS[me.role];
  element("publish").hidden = me.role !== "editor";
  element("hint").hidden = me.role === "editor";
}

/** A token with the former role is refused, and the cookies are refreshed in passing. */
async function look() {
  if (!isIn || document.visibilityState !== "visible") return;
  const response = await fetch("/me").catch(() => null);
  if (response?.ok && isIn) show(await response.json());
}

document.addEventListener("signed-in", ({ detail }) => show(detail));
element("publish").addEventListener("click", async () => {
  const response = await fetch("/articles", { method: "POST" });
  const { message, error } = await response.json();
  element("published").textContent = message ?? error;
  await look();
});
setInterval(look, SECONDS * 1000);
