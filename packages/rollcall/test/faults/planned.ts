/** One fault of a run, with all that chance decides about it. */
export interface Planned {
  readonly name: string;
  /** Which server, where the fault takes one. */
  readonly server: number;
  /** How long, where the fault lasts; in milliseconds. */
  readonly lasting: number;
}
