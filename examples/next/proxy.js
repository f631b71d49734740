import { NextResponse } from "next/server";
import { auth } from "./auth.js";

/** Refreshes cookies before pages are made, which cannot set any. */
export const proxy = auth.proxy(() => NextResponse.next());

/** All pages: all but the files that Next makes and those of public/, whose names have a dot. */
export const config = { matcher: ["/((?!_next/|.*\\..*).*)"] };
