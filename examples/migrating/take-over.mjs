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
