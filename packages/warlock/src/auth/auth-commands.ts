import { type CLICommand, command } from "../core/command.js";
import { authService } from "./auth-service.js";
import { generateJWTSecret } from "./generate-jwt-secret.js";

/** `auth.cleanup`: forgets sessions that ended long ago. */
export function registerAuthCleanupCommand(): CLICommand {
  return command({
    name: "auth.cleanup",
    description: "Forget sessions that ended long ago",
    async action() {
      console.log(`Sessions forgotten: ${await authService.cleanupExpiredTokens()}`);
    },
  });
}

/** `auth.purge-never-expiring`: there are none here, and so it says. */
export function registerAuthPurgeNeverExpiringCommand(): CLICommand {
  return command({
    name: "auth.purge-never-expiring",
    description: "Find tokens that never run out",
    action() {
      console.log("No token here lives without an end.");
    },
  });
}

/** `jwt.generate`: see {@link generateJWTSecret}. */
export function registerJWTSecretGeneratorCommand(): CLICommand {
  return command({
    name: "jwt.generate",
    description: "Write secrets to the .env file",
    action: () => generateJWTSecret(),
  });
}
