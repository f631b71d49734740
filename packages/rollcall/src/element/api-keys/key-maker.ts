import type { Client, ListedApiKey } from "../../client/client-api.js";
import type { ReauthenticateDetail } from "../element-events.js";
import { type Problem, problemOf, requiredBy } from "../problem.js";
import type { Doing } from "../screen.js";

/** What the person wrote into the form. */
export interface WantedKey {
  readonly name: string;
  readonly scopes: readonly string[];
  /** How long it is good for; `null`: without an end. */
  readonly days: number | null;
}

/** What the maker needs of the element. */
export interface MakerSurroundings {
  client(): Client;
  /** The server's time, as far as it is known. */
  now(): Date;
  update(): void;
  onMade(key: ListedApiKey): void;
  onProblem(problem: Problem): void;
  reauthenticate(detail: ReauthenticateDetail): void;
}

/** The form for a new key, and the key that is shown once. */
export interface KeyMaker {
  /** `null` while there is no form; `what` is `null` until it was sent. */
  readonly making: Doing<WantedKey | null> | null;
  /** To be shown until the person has it. */
  readonly made: ListedApiKey | null;
  readonly isCopied: boolean;
  open(): void;
  /** Leaves the form, unless it is being sent. */
  leave(): void;
  make(wanted: WantedKey): Promise<void>;
  reauthenticate(): void;
  /** @param field Holds the key: what cannot be copied is selected. */
  copy(field: HTMLInputElement): Promise<void>;
  /** Forgets the key. */
  finish(): void;
}

const DAY = 86_400_000;

export function createKeyMaker(around: MakerSurroundings): KeyMaker {
  let making: Doing<WantedKey | null> | null = null;
  let made: ListedApiKey | null = null;
  let isCopied = false;
  let required: ReauthenticateDetail["required"] = null;

  const make = async (wanted: WantedKey): Promise<void> => {
    // A second click while the first is under way.
    if (making === null || making.busy) return;
    const mine: Doing<WantedKey> = { what: wanted, busy: true, problem: null };
    making = mine;
    around.update();
    const { name, scopes, days } = wanted;
    const end = days === null ? {} : { expiresAt: new Date(around.now().getTime() + days * DAY) };
    try {
      const key = await around.client().createApiKey({ name, scopes, ...end });
      if (making !== mine) return;
      [making, made, isCopied] = [null, key, false];
      around.onMade(key);
    } catch (error) {
      if (making !== mine) return;
      const problem = problemOf(error);
      making = { what: wanted, busy: false, problem };
      required = requiredBy(error);
      around.onProblem(problem);
    }
    around.update();
  };

  return {
    get making() {
      return making;
    },
    get made() {
      return made;
    },
    get isCopied() {
      return isCopied;
    },
    open() {
      making ??= { what: null, busy: false, problem: null };
      made = null;
      around.update();
    },
    leave() {
      if (making === null || making.busy) return;
      making = null;
      around.update();
    },
    make,
    reauthenticate() {
      const asked = making;
      const retry = (): void => {
        // As long as the form is as it was.
        if (asked?.what && making === asked) void make(asked.what);
      };
      around.reauthenticate({ action: "create-key", required, retry });
    },
    async copy(field) {
      try {
        await navigator.clipboard.writeText(field.value);
        isCopied = true;
      } catch {
        // Without TLS, or where the browser forbids it: selected, it can be copied by hand.
        field.select();
      }
      around.update();
    },
    finish() {
      made = null;
      around.update();
    },
  };
}
