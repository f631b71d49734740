"use client";

/**
 * `<rollcall-sessions>` as a component, for React 18 and 19. The server renders the bare tag; the
 * browser fills it once React has it.
 *
 * @example
 * ```tsx
 * import { useRef } from "react";
 * import type { RollcallSessions as SessionsElement } from "rollcall/element";
 * import { RollcallSessions } from "rollcall/react";
 *
 * export function Devices() {
 *   const screen = useRef<SessionsElement>(null);
 *   return (
 *     <>
 *       <button onClick={() => screen.current?.reload()}>Reload</button>
 *       <RollcallSessions ref={screen} signInUrl="/sign-in" onRevoked={({ detail }) => console.log(detail)} />
 *     </>
 *   );
 * }
 * ```
 *
 * @module
 */
import {
  createElement,
  type ForwardRefExoticComponent,
  forwardRef,
  type HTMLAttributes,
  type RefAttributes,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from "react";
import { recordedPlace } from "../element/describe.js";
import type { RollcallSessions as SessionsElement, SessionsEventMap } from "../element/index.js";
import { register } from "../element/register.js";

type Properties = Pick<
  SessionsElement,
  "baseUrl" | "client" | "headingLevel" | "placeOf" | "signInUrl" | "transport"
>;

type Handler<Type extends keyof SessionsEventMap> =
  | ((event: SessionsEventMap[Type]) => void)
  | undefined;

type SettableProperties = { [Name in keyof Properties]?: Properties[Name] | undefined };

/** The properties and events of `<rollcall-sessions>`, and what styles and finds it on the page. */
export interface RollcallSessionsProps
  extends SettableProperties,
    Pick<HTMLAttributes<SessionsElement>, "className" | "id" | "lang" | "style"> {
  /** `rollcall-revoked`: the person ended other sessions here. */
  onRevoked?: Handler<"rollcall-revoked">;
  /** `rollcall-renamed`: the person named a session, or cleared its name. */
  onRenamed?: Handler<"rollcall-renamed">;
  /** `rollcall-signed-out`: this very session has ended, whoever did it. */
  onSignedOut?: Handler<"rollcall-signed-out">;
  /** `rollcall-sign-in`: the person wants to sign in again. */
  onSignIn?: Handler<"rollcall-sign-in">;
  /** `rollcall-reauthenticate`: the server wants a fresh sign-in first (EC006). */
  onReauthenticate?: Handler<"rollcall-reauthenticate">;
  /** `rollcall-error`: something did not work. React's `onError` is about loading. */
  onProblem?: Handler<"rollcall-error">;
}

type Listen = <Type extends keyof SessionsEventMap>(
  type: Type,
  hear: (event: SessionsEventMap[Type]) => void,
) => void;

// On the server React 18 warns of layout effects, and none run.
const useCommit = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** `<rollcall-sessions>`; its `ref` is the element, for `reload()`. */
export const RollcallSessions: ForwardRefExoticComponent<
  RollcallSessionsProps & RefAttributes<SessionsElement>
> = forwardRef<SessionsElement, RollcallSessionsProps>((props, ref) => {
  const { baseUrl, client, headingLevel, placeOf, signInUrl, transport, ...others } = props;
  const { onRevoked, onRenamed, onSignedOut, onSignIn, onReauthenticate, onProblem, ...rest } =
    others;
  const { className, ...attributes } = rest;
  const own = useRef<SessionsElement>(null);
  const latest = useRef(props);

  useCommit(() => {
    latest.current = props;
    const element = own.current;
    if (element === null) return;
    // Not sooner: a tag of the server's would come to life, and ask, before it has its client.
    register();
    // What is no longer given is again as if it never was.
    element.baseUrl = baseUrl ?? "";
    element.client = client ?? null;
    element.headingLevel = headingLevel ?? 2;
    element.placeOf = placeOf ?? recordedPlace;
    element.signInUrl = signInUrl ?? "";
    element.transport = transport ?? "cookie";
  });

  useCommit(() => {
    const listening = new AbortController();
    const on: Listen = (type, hear) =>
      own.current?.addEventListener(type, hear, { signal: listening.signal });
    on("rollcall-revoked", (event) => latest.current.onRevoked?.(event));
    on("rollcall-renamed", (event) => latest.current.onRenamed?.(event));
    on("rollcall-signed-out", (event) => latest.current.onSignedOut?.(event));
    on("rollcall-sign-in", (event) => latest.current.onSignIn?.(event));
    on("rollcall-reauthenticate", (event) => latest.current.onReauthenticate?.(event));
    on("rollcall-error", (event) => latest.current.onProblem?.(event));
    return () => listening.abort();
  }, []);

  // After the above, so that nobody is handed an element that is not filled.
  useImperativeHandle<SessionsElement | null, SessionsElement | null>(ref, () => own.current, []);

  // React 18 leaves className on custom elements as it is; both know class.
  return createElement("rollcall-sessions", { ...attributes, class: className, ref: own });
});
