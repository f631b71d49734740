// npm run bench -- verify | revocation | express | all [--json]
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { isMet, report } from "./measure.mjs";

const BENCHES = {
  verify: "what a check costs, in time and memory (about 40 seconds)",
  revocation: "how soon another process refuses, and what remembering costs (about 40 seconds)",
  express:
    "what an authenticated Express route keeps of its throughput (about 2 minutes; needs wrk)",
};

const HELP = `Usage: npm run bench -- <name> [--json]

${Object.entries(BENCHES)
  .map(([name, what]) => `  ${name.padEnd(12)}${what}`)
  .join("\n")}
  all         all of them

Options:
  --json      print one JSON document
  --help      print this text

Exit codes: 0 measured, whether or not a mark was met; 1 the measurement failed;
2 the command line is wrong; 3 a tool is missing.`;

process.exitCode = await main();

async function main() {
  const { name, json, help, mistake } = readArguments();
  if (help) {
    console.log(HELP);
    return 0;
  }
  if (mistake !== undefined) {
    console.error(`${mistake}\n\n${HELP}`);
    return 2;
  }
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    load: Number(loadavg()[0].toFixed(2)),
  };
  if (!json) {
    console.log(
      `Node ${machine.node}, ${machine.cores} cores (${machine.cpu}), load ${machine.load}`,
    );
  }
  if (machine.load > 0.5) {
    console.error("The machine is busy with something else: go by the ratios, and run it again.");
  }
  const results = {};
  for (const bench of name === "all" ? Object.keys(BENCHES) : [name]) {
    try {
      const module = await import(`./${bench}.mjs`);
      results[bench] = await module[bench]();
    } catch (error) {
      return explain(bench, error);
    }
    if (!json) {
      console.log(`\n${bench}`);
      report(results[bench]);
    }
  }
  if (json) console.log(JSON.stringify({ machine, results: judged(results) }, null, 2));
  return 0;
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
    const [name] = positionals;
    const given = { name, json: values.json === true, help: values.help === true };
    if (given.help) return given;
    if (positionals.length > 1) return { ...given, mistake: "Name one benchmark." };
    if (name === undefined) return { ...given, mistake: "Which benchmark?" };
    const known = name === "all" || Object.hasOwn(BENCHES, name);
    return known ? given : { ...given, mistake: `There is no benchmark "${name}".` };
  } catch (error) {
    return { mistake: error.message };
  }
}

function explain(bench, error) {
  if (error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes("/dist/")) {
    console.error(`${bench}: the package is not built. Run: npm run build`);
    return 3;
  }
  if (error.missingTool !== undefined) {
    console.error(`${bench}: ${error.message}`);
    return 3;
  }
  console.error(`${bench}:`, error);
  return 1;
}

function judged(results) {
  const judge = (row) =>
    row.mark === undefined ? row : { ...row, met: isMet(row.value, row.mark) };
  return Object.fromEntries(
    Object.entries(results).map(([bench, rows]) => [bench, rows.map(judge)]),
  );
}
