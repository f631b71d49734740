const CODE = /^(?:packages|test|demo|scripts|bench|examples)\/.*\.(?:ts|mts|mjs|js)$/;
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|config|d))?\.(?:ts|mts|mjs|js)$/;
const VAGUE = /^(?:utils?|helpers?|common|types|misc|shared)\.(?:ts|mts|mjs|js)$/;

/** A file is found by its name, so the name has to say what it holds. */
export function* fileNames(tree) {
  for (const path of tree.files.keys()) {
    if (!CODE.test(path)) continue;
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (VAGUE.test(name))
      yield { place: path, text: "says nothing; name it after its noun or verb" };
    else if (!KEBAB.test(name)) yield { place: path, text: "must be kebab-case" };
  }
}

const WARN = 250;
const FAIL = 300;

/** A file is understood in one sitting. */
export function* fileSizes(tree) {
  for (const [path, source] of tree.sources) {
    const lines = source.trimEnd().split("\n").length;
    if (lines > FAIL)
      yield { place: path, text: `has ${lines} lines, more than ${FAIL}; split it` };
    else if (lines > WARN) {
      yield { place: path, text: `has ${lines} lines, more than ${WARN}`, warning: true };
    }
  }
}
