import { type Client, createClient, type SignInAnswer } from "rollcall/client";
import { onTestFinished } from "vitest";
import type { Stage } from "./stage.js";

/** What the server answers to a sign-in outside of a page. */
export async function signIn({ url }: Stage): Promise<Required<SignInAnswer>> {
  const answer = await fetch(`${url}/login?bearer`, { method: "POST" });
  return JSON.parse(await answer.text());
}

/** A client that is signed in and, as long as nobody listens to it, follows no stream. */
export async function quietClient(stage: Stage): Promise<Client> {
  const client = createClient({ baseUrl: stage.url });
  onTestFinished(() => client.close());
  await client.signedIn(await signIn(stage));
  return client;
}

/** A client that is signed in, and what it is told of its sign-out. */
export async function signedIn(stage: Stage): Promise<{ client: Client; outs: unknown[] }> {
  const client = await quietClient(stage);
  const outs: unknown[] = [];
  client.onSignedOut((how) => outs.push(how));
  return { client, outs };
}
