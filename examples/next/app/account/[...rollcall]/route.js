import { auth } from "../../../auth.js";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = auth.handlers;
