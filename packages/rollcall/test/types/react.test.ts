import { type ComponentProps, createElement, type Ref } from "react";
import type { Client, ListedSession } from "rollcall/client";
import type {
  ErrorDetail,
  ReauthenticateDetail,
  RenamedDetail,
  RevokedDetail,
  RollcallSessions as SessionsElement,
  SignedOutDetail,
} from "rollcall/element";
import { RollcallSessions, type RollcallSessionsProps } from "rollcall/react";
import { expectTypeOf, test } from "vitest";

type Props = Required<RollcallSessionsProps>;
type Handler<Detail> = ((event: CustomEvent<Detail>) => void) | undefined;

test("each property has the type that the element gives it", () => {
  expectTypeOf<Props["baseUrl"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Props["transport"]>().toEqualTypeOf<"bearer" | "cookie" | undefined>();
  expectTypeOf<Props["client"]>().toEqualTypeOf<Client | null | undefined>();
  expectTypeOf<Props["signInUrl"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Props["headingLevel"]>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Props["placeOf"]>().toEqualTypeOf<
    ((session: ListedSession) => string | null) | undefined
  >();
  expectTypeOf<Props["className"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Props["lang"]>().toEqualTypeOf<string | undefined>();
});

test("each handler is given the event with its detail", () => {
  expectTypeOf<Props["onRevoked"]>().toEqualTypeOf<Handler<RevokedDetail>>();
  expectTypeOf<Props["onRenamed"]>().toEqualTypeOf<Handler<RenamedDetail>>();
  expectTypeOf<Props["onSignedOut"]>().toEqualTypeOf<Handler<SignedOutDetail>>();
  expectTypeOf<Props["onSignIn"]>().toEqualTypeOf<Handler<null>>();
  expectTypeOf<Props["onReauthenticate"]>().toEqualTypeOf<Handler<ReauthenticateDetail>>();
  expectTypeOf<Props["onProblem"]>().toEqualTypeOf<Handler<ErrorDetail>>();
});

test("the ref is the element, and nothing is needed or unknown", () => {
  expectTypeOf<ComponentProps<typeof RollcallSessions>["ref"]>().toEqualTypeOf<
    Ref<SessionsElement> | undefined
  >();
  createElement(RollcallSessions);
  // @ts-expect-error the screen fills itself
  createElement(RollcallSessions, { children: "text" });
  // @ts-expect-error a level is a number
  createElement(RollcallSessions, { headingLevel: "3" });
});
