import * as v from "valibot";
import type { Schema } from "./route.js";

export const disavowQuery: v.GenericSchema<unknown, { readonly token: string }> = v.object({
  token: v.pipe(
    v.string("token is missing"),
    v.maxLength(200, "token must be that of the link"),
    v.description("That of the link"),
  ),
});

/** HTML. */
export const pageAnswer: Schema = v.string();
