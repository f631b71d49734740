/** What a store is told by its owner. */
export interface StoreSettings {
  /** How long a question may take, in milliseconds. Until told: 2000. */
  readonly storeTimeout: number;
  /** Names this process; written with each event (`processId`). Until told: `""`. */
  readonly processId: string;
  /** How old the process's knowledge may get, in milliseconds: nobody needs hints to be surer. */
  readonly maxStaleness?: number;
  /**
   * Told of what is wrong with the database where the call goes on regardless, such as a row that
   * cannot be read. Each message is passed on once, so it should name the row; never a secret.
   */
  readonly report?: (error: Error) => void;
}
