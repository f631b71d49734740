import { NextResponse } from "next/server";
import { auth } from "./auth.js";

/** Refreshes cookies before pages are made, which cannot set any. */
export const proxy = auth.proxy(() => NextResponse.next());

export const config = { matcher: ["/"] };
