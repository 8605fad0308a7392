import { apiBase } from "./environment";

/** Ends the process with one line about the setting at fault. Throwing would not: the server would go on and repeat it. */
export function checkEnvironment(): void {
  try {
    apiBase(process.env);
  } catch (error) {
    console.error(`counter: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
