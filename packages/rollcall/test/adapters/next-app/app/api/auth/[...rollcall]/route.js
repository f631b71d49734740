import { handlers } from "../../../../current.js";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = handlers;
