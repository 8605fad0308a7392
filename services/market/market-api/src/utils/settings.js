/** What the environment says: read once at the start, every error at once, in the reader's words. */
import { z } from "zod";

const whole = z
  .string()
  .regex(/^\d{1,6}$/, "must be a whole number")
  .transform(Number);
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ""),
);

const Environment = z.object({
  PORT: whole.default(8001),
  NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  RELEASE: z.string().default("unknown"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_SECRET_ARN: z.string().min(1).optional(),
  CACHE_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  CACHE_SECRET_ARN: z.string().min(1).optional(),
  CACHE_PREFIX: z
    .string()
    .regex(/^[\w-]+$/, "must be letters, digits, _ and -")
    .default("market"),
  SIGNING_KEY_FILE: z.string().min(1).optional(),
  SIGNING_KEY_SECRET_ARN: z.string().min(1).optional(),
  TOKEN_ISSUER: z.url(),
  TOKEN_AUDIENCE: z.string().min(1).default("market"),
  EVENTS_QUEUE_URL: z.url(),
  CORS_ORIGINS: list.default([]),
  RATE_LIMIT_PER_MINUTE: whole.default(300),
  SESSION_RATE_LIMIT_PER_MINUTE: whole.default(20),
  TRUSTED_PROXIES: whole.default(1),
  CLIENT_ADDRESS_HEADER: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,60}$/i, "must be the name of a header")
    .transform((name) => name.toLowerCase())
    .optional(),
  SENTRY_DSN: z.url().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
});

/** @typedef {z.output<typeof Environment>} Settings */

/** Pairs of which exactly one is set: where AWS keeps it, and where a developer's machine does. */
const EITHER = /** @type {const} */ ([
  ["DATABASE_SECRET_ARN", "DATABASE_URL"],
  ["CACHE_SECRET_ARN", "CACHE_URL"],
  ["SIGNING_KEY_SECRET_ARN", "SIGNING_KEY_FILE"],
]);

/** A setting that cannot be used; the message names every one of them, on one line. */
export class SettingsError extends Error {}

/**
 * The settings in an environment; an empty variable counts as absent.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Settings}
 * @throws {SettingsError}
 */
export function readSettings(environment) {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const read = Environment.safeParse(present);
  const problems = read.success
    ? []
    : read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message.toLowerCase()}`);
  for (const [secret, plain] of EITHER) {
    if ((present[secret] === undefined) === (present[plain] === undefined)) {
      problems.push(`set exactly one of ${secret} and ${plain}`);
    }
  }
  if (!read.success || problems.length > 0) {
    throw new SettingsError(`the environment cannot be used: ${problems.join("; ")}`);
  }
  return read.data;
}

/**
 * What a migration needs: the database alone.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Pick<Settings, "DATABASE_URL" | "DATABASE_SECRET_ARN">}
 */
export function readDatabaseSettings(environment) {
  const { DATABASE_URL, DATABASE_SECRET_ARN } = environment;
  if (!DATABASE_URL === !DATABASE_SECRET_ARN) {
    throw new SettingsError("the environment cannot be used: set exactly one of DATABASE_SECRET_ARN and DATABASE_URL");
  }
  return { DATABASE_URL: DATABASE_URL || undefined, DATABASE_SECRET_ARN: DATABASE_SECRET_ARN || undefined };
}
