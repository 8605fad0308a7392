/** Where a server is and how to log in there: from Secrets Manager, a file or an address in the environment. */
import { readFile } from "node:fs/promises";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { exactlyOne, SettingsError } from "./environment.ts";
import type { Environment } from "./environment.ts";

/** How to reach and enter a server; `ca` is the PEM bundle to verify it by. */
export interface Credentials {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly dbname?: string;
  readonly tls: boolean;
  readonly ca?: string;
}

/** Gives the credentials of this moment: passwords change while the process runs. */
export type CredentialsSource = () => Promise<Credentials>;

/**
 * The source that the environment names: `<kind>_SECRET_ARN` (Secrets Manager), `<kind>_SECRET_FILE` (the same JSON in
 * a file) or `<kind>_URL`. SettingsError unless exactly one of them is set.
 */
export function credentialsOf(environment: Environment, kind: "DATABASE" | "QUEUE"): CredentialsSource {
  const names = [`${kind}_SECRET_ARN`, `${kind}_SECRET_FILE`, `${kind}_URL`];
  const [name, value] = exactlyOne(environment, names);
  if (name.endsWith("_URL")) {
    const fixed = fromAddress(name, value);
    return () => Promise.resolve(fixed);
  }
  if (name.endsWith("_FILE")) return async () => fromJson(name, await readFile(value, "utf8"));
  const client = new SecretsManagerClient({ maxAttempts: 3 });
  return async () => {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: value }));
    return fromJson(name, answer.SecretString ?? "");
  };
}

function fromAddress(name: string, value: string): Credentials {
  const address = URL.canParse(value) ? new URL(value) : undefined;
  const ports: Record<string, number> = { "postgres:": 5432, "postgresql:": 5432, "redis:": 6379, "rediss:": 6379 };
  const usual = address && ports[address.protocol];
  // The address may hold a password: the message must not.
  if (!address?.hostname || usual === undefined) throw new SettingsError(`${name} is not an address of a server`);
  const dbname = decodeURIComponent(address.pathname.slice(1));
  return {
    host: address.hostname,
    port: Number(address.port || usual),
    tls: address.protocol === "rediss:",
    ...(address.username && { username: decodeURIComponent(address.username) }),
    ...(address.password && { password: decodeURIComponent(address.password) }),
    ...(dbname && { dbname }),
  };
}

/** The secret's JSON; a database's is always entered by TLS when it brings a bundle. */
export function fromJson(name: string, json: string): Credentials {
  const refuse = (what: string) => new SettingsError(`the secret of ${name} ${what}`);
  let found: Record<string, unknown>;
  try {
    found = JSON.parse(json) as Record<string, unknown>;
  } catch {
    throw refuse("is not JSON");
  }
  const word = (key: string): string | undefined => {
    const value = found[key];
    if (value !== undefined && typeof value !== "string") throw refuse(`has a ${key} that is no text`);
    return value || undefined;
  };
  const host = word("host");
  const port = Number(found["port"]);
  if (!host || !Number.isInteger(port) || port < 1 || port > 65_535) throw refuse("has no usable host and port");
  const [username, password, dbname, ca] = [word("username"), word("password"), word("dbname"), word("ca")];
  return {
    host,
    port,
    tls: found["tls"] === true || ca !== undefined,
    ...(username && { username }),
    ...(password && { password }),
    ...(dbname && { dbname }),
    ...(ca && { ca }),
  };
}
