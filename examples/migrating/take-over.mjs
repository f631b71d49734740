/** How often the browser may ask again in vain, so that it is not sent round in circles. */
const MAX_TRIES = 2;

/**
 * What becomes of a request that brings an old cookie.
 *
 * @param http of `createHttp`
 * @param request its `method` and `headers.get`
 * @param exchange takes the session over that the cookie names, by `takeOver`
 * @returns the `headers` to set, whether the old cookie `isOver` and is cleared, and whether the
 *   browser is to `repeat` its request, which goes on otherwise
 */
export async function arrival(http, request, exchange) {
  const headers = new Headers();
  if (isEmbedded(request)) return { headers, isOver: false, repeat: false };
  let signedIn;
  try {
    // The old cookie may be another person's, planted on whoever is signed in already.
    if (await isSignedIn(http, request)) return { headers, isOver: true, repeat: false };
    signedIn = await exchange();
  } catch (error) {
    // Guards refuse this request too. What is not behind them may go on.
    if (error.code === "cross_site") return { headers, isOver: false, repeat: false };
    throw error;
  }
  if (signedIn) return { headers: signedIn.headers, isOver: true, repeat: true };
  // Another tab may have been first, and the answer with its cookies still be on its way.
  const tries = triesOf(request);
  if (tries >= MAX_TRIES) return { headers, isOver: true, repeat: false };
  headers.set("Cache-Control", "no-store");
  const attributes = "Max-Age=10; Path=/; HttpOnly; SameSite=Lax";
  headers.append("Set-Cookie", `taking-over=${tries + 1}; ${attributes}`);
  return { headers, isOver: false, repeat: true };
}

/** The largest count, since a smaller one may have been planted. Not `Secure`: it has to be kept. */
function triesOf({ headers }) {
  const counts = headers.get("cookie").matchAll(/(?:^|; )taking-over=(\d)/g);
  return Math.max(0, ...Array.from(counts, ([, count]) => Number(count)));
}

/**
 * Part of a page of another site: the browser would send the old cookie (`SameSite=None`) and keep
 * none of the new ones, which are Lax.
 */
function isEmbedded({ headers }) {
  const isCrossSite = headers.get("sec-fetch-site") === "cross-site";
  return isCrossSite && headers.get("sec-fetch-dest") !== "document";
}

/**
 * The option `csrf` of `signIn`. A page view is a GET, and `signIn` refuses those unless something else
 * proves the request; here the old cookie does. For all other methods the origin is checked.
 */
export function csrfOf({ method }) {
  return ["GET", "HEAD", "OPTIONS"].includes(method) ? "verified" : undefined;
}

async function isSignedIn(http, request) {
  try {
    await http.authenticate(request, { readOnly: true });
    return true;
  } catch (error) {
    if (error.status === 401) return false;
    throw error;
  }
}

/**
 * Ends an old session and starts the one that takes its place: both or neither, and once, however
 * many requests bring the old one along.
 *
 * @param pool of `pg`, where both kinds of sessions are
 * @param end deletes the row of the old session; somebody else was first where none comes back
 * @param start signs in, in that transaction (`in: client`); what it gives is given on
 */
export async function takeOver(pool, end, start) {
  const client = await pool.connect();
  // A lost connection fails what is asked of it. Unheard, it would end the process as well.
  client.on("error", ignore);
  let broken;
  try {
    await client.query("begin");
    const [old] = (await end(client)).rows;
    const started = old === undefined ? null : await start(client, old).catch(unlessEnded);
    await client.query("commit");
    return started;
  } catch (error) {
    // Where this fails too, the connection goes, and what was begun on it.
    await client.query("rollback").catch((reason) => (broken = reason));
    throw error;
  } finally {
    client.off("error", ignore);
    client.release(broken);
  }
}

function ignore() {}

/** Whoever has signed out everywhere since then meant the old sessions too. */
function unlessEnded(error) {
  if (error.reason === "proof_outdated") return null;
  throw error;
}
