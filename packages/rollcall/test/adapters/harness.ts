import type { HttpOptions } from "rollcall/http";
import type { RunningApp } from "../support/listen.js";

/** How requests travel; `h2` without TLS (RFC 9113 §3.3). */
export type Protocol = "http/1.1" | "h2";

/** What a framework is asked to start an application with. */
export interface HarnessOptions extends Omit<HttpOptions, "trustedProxies"> {
  readonly protocol: Protocol;
  /**
   * Proxies of one's own in front, said in the framework's own way (`trust proxy` and the like); where
   * it has none, by `trustedProxies` of createHttp.
   */
  readonly proxies?: number;
  /** Where Rollcall's routes are mounted, `"/api"` say; the application's own are not. @default "" */
  readonly prefix?: string;
  /** Whether a guard stands before Rollcall's own routes, those under `/auth` but the logout excepted. @default false */
  readonly guardFirst?: boolean;
  /** What the handler of `GET /late` does before it answers. */
  readonly letTimePass?: () => void;
}

/** As whom somebody acts. */
export const CUSTOMER = { type: "user", id: "grace" };

/**
 * A framework with Rollcall's adapter in it. The application it starts has, beside Rollcall's
 * routes, which are mounted AFTER the framework's parser of JSON bodies wherever it has one:
 *
 * | route | what it does |
 * | --- | --- |
 * | `POST /auth/login` `{"user","type"?,"transport"?,"csrf"?}` | signs `{type: type ?? "user", id: user}` in with that transport (default bearer); 200 with the body and the headers of `signIn` |
 * | `GET /guarded` | guarded; `{"user": {"type","id"}, "sessionId"}`, with `Cache-Control: public, max-age=60` and a cookie of the application's own, `theme=dark; Path=/` |
 * | `GET /admins` | guarded with `types: ["admin"]`; `{"user"}` |
 * | `GET /fresh` | guarded with {@link FRESH}; `{}` |
 * | `GET /sure` | guarded with {@link surely}; `{}` |
 * | `POST /step-up` `{"level"}` | guarded; re-authenticates the caller with that level, and answers the body of it |
 * | `GET /twice` | two guards, one after the other; `{}` |
 * | `POST /echo` | guarded; answers the JSON body that the framework has parsed |
 * | `GET /open` | no guard; `{"open": true}` |
 * | `GET /optional` | no guard; `{"user"}` of the session, or null, and `{"isAdmin"}` by its `types` |
 * | `GET /inbox`, `POST /inbox` | guarded with {@link INBOX}, a sign-in page; `{"user"}` |
 * | `GET /late` | guarded; its handler lets time pass before it answers `{}` |
 * | `GET /refuses` | guarded; its handler sets {@link UNSENT_HEADERS} and throws a `SessionError`, `reauthentication_required` |
 * | `POST /sign-out` | no guard; signs the caller out; `{}` |
 * | `POST /sign-out/guarded` | the same behind a guard |
 * | `GET /sign-out`, `GET /sign-in` | what nobody should do: the same, and a sign-in of ada by cookie |
 * | `POST /act` | guarded; lets the caller act as {@link CUSTOMER}; the body of `actAs` |
 * | `GET /throws` | its handler throws a plain `Error` |
 * | `GET /rejects` | its handler returns a promise that rejects with a plain `Error`, on a later tick |
 *
 * All else is the framework's own 404. Errors go the framework's own way, and what its log says of
 * them is kept quiet.
 */
export interface AdapterHarness {
  readonly name: string;
  readonly protocols: readonly Protocol[];
  /** Cases, by name, that this framework does not pass, each with the reason; they are listed as skipped. */
  readonly skips?: Readonly<Record<string, string>>;
  start(options: HarnessOptions): Promise<RunningApp>;
}
