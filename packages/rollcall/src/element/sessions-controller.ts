import type { ListedSession, SignedOut } from "../client/client-api.js";
import { isKey, namingOf } from "./describe.js";
import type { SessionsAction, SessionsEventMap } from "./element-events.js";
import type { LiveList, StepListener } from "./live-list.js";
import type { Problem } from "./problem.js";
import type { Acts, Doing, Question } from "./screen.js";
import { changesBetween, type SessionList } from "./session-list.js";
import { signedOutText } from "./signed-out.js";
import { fillText } from "./texts/fill.js";
import type { Language } from "./texts/languages.js";

/** What the controller needs of the element. */
export interface Surroundings {
  readonly live: LiveList;
  language(): Language;
  /** Renders again; resolves when done. */
  update(): Promise<void>;
  /** Reads out to those who don't see the screen. */
  say(text: string): void;
  /** Tells the page; `false` when it takes care of the rest. */
  emit<Type extends keyof SessionsEventMap>(
    type: Type,
    detail: SessionsEventMap[Type]["detail"],
  ): boolean;
  /** Where the person goes to sign in, if the page said so. */
  goToSignIn(): void;
}

/** What the person is in the middle of, and what follows from it. */
export interface SessionsController {
  readonly asking: Doing<Question> | null;
  readonly renaming: Doing<ListedSession> | null;
  readonly act: Acts;
  readonly onStep: StepListener;
}

export function createSessionsController(around: Surroundings): SessionsController {
  let asking: Doing<Question> | null = null;
  /** What was asked when the page took over to sign the person in: kept, and not shown. */
  let aside: Doing<Question> | null = null;
  let renaming: Doing<ListedSession> | null = null;
  let newName = "";

  const nameOf = (session: ListedSession): string => namingOf(session, around.language()).name;
  const goneText = (session: ListedSession): string => {
    const { revokedNamed, signedOutNamed } = around.language().texts;
    return fillText(isKey(session) ? revokedNamed : signedOutNamed, { name: nameOf(session) });
  };
  const failed = (action: SessionsAction, problem: Problem): void => {
    if (problem !== "signed-out") around.emit("rollcall-error", { action, problem });
  };

  const confirm = async (): Promise<void> => {
    // A second click while the first is under way.
    if (asking === null || asking.busy) return;
    const { what } = asking;
    const mine = doing(what, true);
    asking = mine;
    around.update();
    const problem = await around.live.end(what);
    // Dismissed by the end of this very session.
    if (asking !== mine) return;
    const { signedOut } = around.live.list;
    if (signedOut !== null) return onSignedOut(signedOut, problem === null);
    asking = problem === null ? null : doing(what, false, problem);
    if (problem === null) tellEnded(what);
    else failed(what.action, problem);
    around.update();
  };

  const tellEnded = (what: Question): void => {
    if (what.action === "sign-out-everywhere") return;
    const session = what.action === "sign-out" ? what.session : null;
    const { texts } = around.language();
    around.say(session === null ? texts.othersSignedOut : goneText(session));
    around.emit("rollcall-revoked", { action: what.action, sessionId: session?.id ?? null });
  };

  const rename = async (given: string): Promise<void> => {
    if (renaming === null || renaming.busy) return;
    const { what } = renaming;
    newName = given;
    // Not by maxlength: the server counts an emoji as one.
    const name = [...given.trim()].slice(0, 64).join("") || null;
    if (name === what.name) return stopRenaming();
    const mine = doing(what, true);
    renaming = mine;
    around.update();
    const problem = await around.live.rename(what.id, name);
    if (renaming !== mine) return;
    renaming = problem === null ? null : doing(what, false, problem);
    if (problem === null) tellRenamed(what.id);
    else failed("rename", problem);
    around.update();
  };

  const tellRenamed = (id: string): void => {
    const session = around.live.list.sessions?.find((one) => one.id === id);
    if (session === undefined) return;
    around.say(fillText(around.language().texts.renamed, { name: nameOf(session) }));
    around.emit("rollcall-renamed", { session });
  };

  const stopRenaming = (): void => {
    if (renaming?.busy) return;
    renaming = null;
    around.update();
  };

  const onSignedOut = (how: SignedOut, here: boolean): void => {
    const message = signedOutText(how, around.language().texts);
    asking = null;
    renaming = null;
    around.update();
    const goOn = around.emit("rollcall-signed-out", { ...how, here, message });
    // Who did it elsewhere is to be read first; the screen has a way to sign in.
    if (here && goOn) around.goToSignIn();
  };

  /** Other devices' doings: tells them, and leaves what has become pointless. */
  const onRead = (before: SessionList): void => {
    const { appeared, gone } = changesBetween(before, around.live.list);
    const { texts } = around.language();
    const said = [
      ...appeared
        .filter((one) => !isKey(one))
        .map((one) => fillText(texts.appeared, { name: nameOf(one) })),
      ...gone.map(goneText),
    ];
    // More than a few at once would only be noise.
    if (said.length > 0) around.say(said.slice(0, 3).join(" "));
    const ended = new Set(gone.map(({ id }) => id));
    const asked = asking?.what.action === "sign-out" ? asking.what.session.id : null;
    if (asked !== null && ended.has(asked) && !asking?.busy) asking = null;
    if (renaming !== null && ended.has(renaming.what.id)) renaming = null;
  };

  const shown = (): Doing<Question> | null => (asking === aside ? null : asking);

  const act: Acts = {
    ask(what) {
      asking = doing(what);
      around.update();
    },
    confirm,
    dismiss() {
      // Browsers let a second Escape close any dialog; while busy, drawing opens it again.
      if (!asking?.busy && asking !== aside) asking = null;
      around.update();
    },
    startRenaming(what) {
      if (renaming?.busy) return;
      renaming = doing(what);
      around.update();
    },
    rename,
    stopRenaming,
    showMore: around.live.showMore,
    retry: around.live.read,
    async reauthenticate() {
      const [asked, named, name] = [shown(), renaming, newName];
      aside = asking;
      const retry = (): void => {
        // As long as the person is in the middle of that, and of nothing else.
        if (asked !== null) {
          if (asking === asked) void confirm();
        } else if (named === null) act.retry();
        else if (renaming === named) void rename(name);
      };
      // Below a question of ours, a dialog of the page's would get neither focus nor clicks.
      await around.update();
      const action = asked?.what.action ?? (named === null ? "list" : "rename");
      const { required } = around.live;
      const isOurs = around.emit("rollcall-reauthenticate", { action, required, retry });
      if (isOurs) around.goToSignIn();
    },
    signIn(event) {
      if (!around.emit("rollcall-sign-in", null)) event.preventDefault();
    },
  };

  return {
    get asking() {
      return shown();
    },
    get renaming() {
      return renaming;
    },
    act,
    onStep(happening, before) {
      const { signedOut } = around.live.list;
      if (signedOut !== null) {
        // To go before the server has answered would break off the request that ends the session.
        if (!endsThisOne(asking)) onSignedOut(signedOut, signedOut.reason === "signed_out");
      } else if (happening.type === "read") onRead(before);
      else if (happening.type === "not-read") failed("list", happening.problem);
      around.update();
    },
  };
}

function doing<T>(what: T, busy = false, problem: Problem | null = null): Doing<T> {
  return { what, busy, problem };
}

/** Whether the person is just ending this very session here. */
function endsThisOne(asking: Doing<Question> | null): boolean {
  if (!asking?.busy) return false;
  const { what } = asking;
  return what.action === "sign-out" ? what.session.current : what.action === "sign-out-everywhere";
}
