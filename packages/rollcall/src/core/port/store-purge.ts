/** How a store forgets what is long over. A part of the port. */
export interface StorePurge {
  /**
   * Forgets sessions whose absolute limit lies before `before`, with their events, at most `limit`
   * at a time; returns how many sessions.
   */
  purge(before: number, limit: number): Promise<number>;

  /**
   * Forgets events of before `before`, the oldest first, at most `limit` at a time; returns how many.
   * The `session.revoked` of a session stays for as long as the session does: by it every process
   * learns what to refuse, and `erase` finds sessions that have ended.
   */
  purgeEvents(before: number, limit: number): Promise<number>;

  /**
   * Forgets devices that nobody has signed in on since `before`, the oldest first, at most `limit` at
   * a time; returns how many.
   */
  purgeDevices(before: number, limit: number): Promise<number>;
}
