import { current } from "../../current.js";

export const dynamic = "force-dynamic";

async function signIn() {
  "use server";
  await current().auth.signIn({ type: "user", id: "ada" }, { transport: "cookie" });
}

async function signOut() {
  "use server";
  await current().auth.signOut();
}

export default async function Page() {
  const principal = await current().auth.session();
  return (
    <form action={principal === null ? signIn : signOut}>
      <p>{principal === null ? "nobody" : principal.user.id}</p>
      <button type="submit">{principal === null ? "Sign in" : "Sign out"}</button>
    </form>
  );
}
