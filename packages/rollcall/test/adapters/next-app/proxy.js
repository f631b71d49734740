import { NextResponse } from "next/server";
import { current } from "./current.js";

const guarded = (request) =>
  current().auth.proxy(({ nextUrl }, principal) => {
    if (principal !== null || !nextUrl.pathname.startsWith("/page")) return NextResponse.next();
    return NextResponse.redirect(new URL("/open", nextUrl));
  })(request);

export { guarded as proxy };

/** Rollcall's own routes and the sign-in too, to see that nothing is lost or set twice. */
export const config = { matcher: ["/page/:path*", "/account/:path*", "/auth/:path*"] };
