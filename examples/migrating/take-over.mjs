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
  try {
    await client.query("begin");
    const [old] = (await end(client)).rows;
    const started = old === undefined ? null : await start(client, old).catch(unlessEnded);
    await client.query("commit");
    return started;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

/** Whoever has signed out everywhere since then meant the old sessions too. */
function unlessEnded(error) {
  if (error.reason === "proof_outdated") return null;
  throw error;
}
