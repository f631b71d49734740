import { createServer } from "node:http";
import { join } from "node:path";
import express, { type RequestHandler } from "express";
import { expect, onTestFinished } from "vitest";
import { importModule, modulesOf } from "./document-modules.js";
import { listen } from "./listen.js";

const docs = join(import.meta.dirname, "../../../../docs");

/** A module that a page of docs/ shows, by the heading it stands under. */
export async function load(page: string, heading: string): Promise<object> {
  const code = (await modulesOf(join(docs, page))).get(heading);
  const loaded = await importModule(code ?? expect.unreachable(`${page} has no ${heading}`));
  return typeof loaded === "object" && loaded !== null ? loaded : expect.unreachable();
}

/** What a function that it exports returns. */
export function call(module: object, name: string, ...values: unknown[]): unknown {
  const exported: unknown = Reflect.get(module, name);
  if (typeof exported !== "function") expect.unreachable(`no function ${name} is exported`);
  return Reflect.apply(exported, undefined, values);
}

export async function answerOf(
  module: object,
  name: string,
  ...values: unknown[]
): Promise<Response> {
  const answer = await call(module, name, ...values);
  return answer instanceof Response ? answer : expect.unreachable(`${name} answers nothing`);
}

/** A Hono application: whatever answers requests. */
export function requesterOf(app: unknown): (path: string, init?: RequestInit) => Promise<Response> {
  const request: unknown =
    typeof app === "object" && app !== null ? Reflect.get(app, "request") : undefined;
  if (typeof request !== "function") expect.unreachable("it is no application");
  return (path, init) => Reflect.apply(request, app, [path, init]);
}

function isHandler(value: unknown): value is RequestHandler {
  return typeof value === "function";
}

/** Serves an Express application or router until the end of the test; its address. */
export async function serve(handler: unknown): Promise<string> {
  if (!isHandler(handler)) expect.unreachable("it is no handler");
  const app = await listen(createServer(express().use(handler)));
  onTestFinished(app.close);
  return app.url;
}
