/** Values kept in Secrets Manager: read when first needed, and again when a login with them fails. */
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/**
 * @template T
 * @callback ReadSecret
 * @param {{again?: boolean}} [how] again: the value at hand was refused, ask the store
 * @returns {Promise<T>}
 */

/** Shortest time between two readings, so that a wrong secret cannot become a flood of requests. */
const PAUSE_MILLISECONDS = 1_000;

/**
 * A reader of one value that remembers it; callers at the same time share one reading.
 *
 * @template T
 * @param {() => Promise<T>} read
 * @param {() => number} [now]
 * @returns {ReadSecret<T>}
 */
export function remembered(read, now = Date.now) {
  /** @type {Promise<T> | undefined} */
  let value;
  let readAt = -Infinity;
  return ({ again = false } = {}) => {
    if (value === undefined || (again && now() - readAt >= PAUSE_MILLISECONDS)) {
      readAt = now();
      const reading = read();
      value = reading;
      reading.catch(() => {
        if (value === reading) value = undefined;
      });
    }
    return value;
  };
}

/** @type {SecretsManagerClient | undefined} */
let client;

/**
 * The JSON document that a secret holds.
 *
 * @param {string} arn
 * @returns {Promise<Record<string, unknown>>}
 */
export async function readSecretDocument(arn) {
  client ??= new SecretsManagerClient({ maxAttempts: 5 });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  return JSON.parse(SecretString ?? "{}");
}
