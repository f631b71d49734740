import type { Session, UserReference } from "rollcall";
import { expect } from "vitest";
import { type App, cookieJar, ORIGIN, request } from "./app.js";

export const DEVICE = "__Host-rollcall-device";

/** A browser with cookies, at the sign-in page of an application. */
export interface Browser {
  readonly jar: ReturnType<typeof cookieJar>;
  headers(): Record<string, string>;
  signIn(user: UserReference): Promise<Session>;
  signOut(): Promise<void>;
}

export function browserOf({ http, call }: App, own: Record<string, string> = {}): Browser {
  const jar = cookieJar();
  const headers = () => ({ Origin: ORIGIN, ...own, ...jar.header() });
  return {
    jar,
    headers,
    async signIn(user) {
      const login = request("POST", "/login", { headers: headers() });
      const answer = await http.signIn(login, user, { transport: "cookie" });
      jar.take(answer);
      return answer.session;
    },
    async signOut() {
      const answer = await call("POST", "/auth/logout", { headers: headers() });
      expect(answer.status).toBe(200);
      jar.take(answer);
    },
  };
}

/** Its device cookie as a header has it. */
export function deviceOf({ jar }: Browser): string {
  return `${DEVICE}=${jar.cookies.get(DEVICE)}`;
}
