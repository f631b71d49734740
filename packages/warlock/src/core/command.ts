import type { Sent } from "./sent.js";

/** What an action is given: of a command line, its arguments and its options. */
export interface CommandActionData {
  readonly args?: readonly string[];
  readonly options?: Readonly<Record<string, Sent>>;
}

/** Options of {@link command}. */
export interface CLICommandOptions {
  readonly name: string;
  readonly description?: string;
  readonly alias?: string;
  readonly options?: readonly object[];
  /** What to load first, there. Here your program has loaded it. */
  readonly preload?: object;
  readonly persistent?: boolean;
  readonly preAction?: (data: CommandActionData) => unknown;
  readonly action: (data: CommandActionData) => unknown;
}

/** A command, to be called by your own program: there is no command line here. */
export interface CLICommand {
  readonly name: string;
  readonly commandDescription: string | undefined;
  execute(data?: CommandActionData): Promise<void>;
}

/** Makes a command. @throws TypeError without a name or an action. */
export function command({ name, description, preAction, action }: CLICommandOptions): CLICommand {
  if (typeof name !== "string" || name === "") throw new TypeError("a command needs a name");
  if (typeof action !== "function") throw new TypeError(`the command ${name} needs an action`);
  return {
    name,
    commandDescription: description,
    async execute(data = {}) {
      await preAction?.(data);
      await action(data);
    },
  };
}
