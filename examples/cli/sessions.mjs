// A command-line client: `node examples/cli/sessions.mjs URL FILE` lists where you are signed in,
// with the tokens kept in FILE. Any number of them may run at once.
import { createClient } from "rollcall/client";
import { fileStorage } from "./file-storage.mjs";

const [baseUrl, file] = process.argv.slice(2);
if (baseUrl === undefined || file === undefined) {
  console.error("Usage: node examples/cli/sessions.mjs URL FILE");
  process.exit(2);
}
const client = createClient({ baseUrl, storage: fileStorage(file) });
try {
  const { sessions } = await client.sessions.list();
  for (const { current, device, name } of sessions) {
    console.log(current ? "*" : " ", name ?? device.browser ?? "Unknown device");
  }
} catch (error) {
  console.error(error.status === 401 ? "You are signed out." : `Failed: ${error.message}`);
  process.exitCode = 1;
}
