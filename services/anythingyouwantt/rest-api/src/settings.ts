/** What the service takes from its environment, checked once at its start. */
import { choice, text, whole } from "./platform/environment.ts";
import type { Environment } from "./platform/environment.ts";

export interface Settings {
  readonly port: number;
  /** Redis keys of the system start with it: the login may use no others. */
  readonly queuePrefix: string;
  /** Seconds until an order without an answer is put into the queue again; doubles with each time. */
  readonly resendSeconds: number;
  readonly production: boolean;
}

/** SettingsError when a variable cannot be used. */
export function readSettings(environment: Environment): Settings {
  return {
    port: whole(environment, "PORT", 3000, 1, 65_535),
    queuePrefix: text(environment, "QUEUE_PREFIX") ?? "anythingyouwantt",
    resendSeconds: whole(environment, "RESEND_SECONDS", 30, 1, 3_600),
    production: choice(environment, "NODE_ENV", "production", ["production", "development", "test"]) === "production",
  };
}
