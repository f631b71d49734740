// Prints the compiler options of a tsconfig.json and of what it extends as JSON, as the compiler itself reads
// them. A program of its own, since the compiler's server may say on stderr that it was ended.
import { API } from "typescript/unstable/sync";

const [, , project] = process.argv;
const api = new API();
try {
  const opened = api.updateSnapshot({ openProjects: [project] }).getProject(project);
  // What it cannot read it leaves out, and thousands of errors would follow from that.
  const broken = opened.program
    .getConfigFileParsingDiagnostics()
    .find(({ code }) => code < 2000 || [5083, 6053, 18000].includes(code));
  console.log(
    JSON.stringify(
      broken
        ? { broken: { file: broken.fileName ?? null, text: broken.text } }
        : { options: opened.compilerOptions },
    ),
  );
} finally {
  api.close();
}
