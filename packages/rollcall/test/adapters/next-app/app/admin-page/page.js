import { current } from "../../current.js";

export const dynamic = "force-dynamic";

export default async function Page() {
  const principal = await current().auth.session({ types: ["admin"] });
  return <p>{principal === null ? "nobody" : principal.user.id}</p>;
}
