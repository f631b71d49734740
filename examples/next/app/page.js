import { auth } from "../auth.js";

export default async function Page() {
  const principal = await auth.session();
  if (principal !== null) {
    return (
      <form action={signOut}>
        <p>Signed in as {principal.user.id}</p>
        <button type="submit">Sign out</button>
      </form>
    );
  }
  return (
    <form action={signIn}>
      <input name="name" aria-label="Name" autoComplete="username" />
      <input name="password" aria-label="Password" type="password" />
      <button type="submit">Sign in</button>
    </form>
  );
}

// The application's own users; a real one keeps hashes.
const passwords = { ada: "lovelace", grace: "hopper" };

async function signIn(form) {
  "use server";
  const authenticatedAt = new Date();
  const [name, password] = [String(form.get("name")), form.get("password")];
  if (!Object.hasOwn(passwords, name) || passwords[name] !== password) return;
  await auth.signIn({ type: "user", id: name }, { transport: "cookie", authenticatedAt });
}

async function signOut() {
  "use server";
  await auth.signOut();
}
