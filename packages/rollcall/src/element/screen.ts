import type { ListedSession } from "../client/client-api.js";
import type { Problem } from "./problem.js";
import type { SessionList } from "./session-list.js";
import type { Language } from "./texts/languages.js";

/** What the person is asked to confirm. */
export type Question =
  | { readonly action: "sign-out"; readonly session: ListedSession }
  | { readonly action: "sign-out-others" }
  | { readonly action: "sign-out-everywhere" };

/** An action in progress. */
export interface Doing<T> {
  readonly what: T;
  /** Whether a request is in progress. */
  readonly busy: boolean;
  readonly problem: Problem | null;
}

/** Everything the render functions need. */
export interface Screen {
  readonly language: Language;
  readonly now: Date;
  readonly list: SessionList;
  readonly asking: Doing<Question> | null;
  readonly renaming: Doing<ListedSession> | null;
  readonly announcement: string;
  readonly headingLevel: number;
  readonly signInUrl: string;
  readonly online: boolean;
  readonly placeOf: (session: ListedSession) => string | null;
  readonly act: Acts;
}

/** What the person can do. */
export interface Acts {
  ask(question: Question): void;
  confirm(): void;
  dismiss(): void;
  startRenaming(session: ListedSession): void;
  rename(name: string): void;
  stopRenaming(): void;
  showMore(): void;
  retry(): void;
  reauthenticate(): void;
  signIn(event: Event): void;
}
