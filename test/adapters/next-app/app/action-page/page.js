import { current } from "../../current.js";

export const dynamic = "force-dynamic";

async function signIn() {
  "use server";
  await current().auth.signIn({ type: "user", id: "ada" }, { transport: "cookie" });
}

export default async function Page() {
  const principal = await current().auth.currentSession();
  return (
    <form action={signIn}>
      <p>{principal === null ? "nobody" : principal.user.id}</p>
      <button type="submit">Sign in</button>
    </form>
  );
}
