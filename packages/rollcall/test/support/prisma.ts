import { createRequire } from "node:module";
import type { PrismaPg } from "@prisma/adapter-pg";
import { getPrismaClient } from "@prisma/client/runtime/client";

const require = createRequire(import.meta.url);
const COMPILER = "@prisma/client/runtime/query_compiler_fast_bg.postgresql";

/**
 * What `prisma generate` makes of a schema without models. That command is not run here, because it
 * downloads a program that no client needs.
 */
const Client = getPrismaClient({
  previewFeatures: [],
  clientVersion: require("@prisma/client/package.json").version,
  engineVersion: "none",
  activeProvider: "postgresql",
  inlineSchema: 'datasource db {\n  provider = "postgresql"\n}\n',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  parameterizationSchema: { strings: [], graph: "AAAA" },
  compilerWasm: {
    getRuntime: async () => require(`${COMPILER}.js`),
    getQueryCompilerWasmModule: async () =>
      new WebAssembly.Module(Buffer.from(require(`${COMPILER}.wasm-base64.js`).wasm, "base64")),
    importName: "./query_compiler_fast_bg.js",
  },
});

/** A Prisma client for SQL alone. */
export function createPrisma(adapter: PrismaPg): InstanceType<typeof Client> {
  return new Client({ adapter });
}
