/** What the service takes from its environment, checked once at its start. */
import { readFileSync } from "node:fs";
import { exactlyOne, SettingsError, text, whole } from "./platform/environment.ts";
import type { Environment } from "./platform/environment.ts";

export interface Settings {
  /** Where /healthz and /readyz answer; nobody else is served. */
  readonly port: number;
  readonly queuePrefix: string;
  readonly mailFrom: string;
  /** A server that takes mail, in place of SES. */
  readonly smtpUrl: string | undefined;
  /** The SES configuration set that the mail goes through. */
  readonly configurationSet: string | undefined;
  /** The queue in which SES says what it has taken; without SES there is none. */
  readonly receiptsUrl: string | undefined;
  /** Orders carried out at once. */
  readonly concurrency: number;
  /** How long a claim on an order's mail holds when its worker is silent; longer than a mail can take to be sent. */
  readonly leaseSeconds: number;
  /** Where the backlog is published: only when both are set. */
  readonly metrics: { readonly namespace: string; readonly service: string } | undefined;
}

/** SettingsError when a variable cannot be used. */
export function readSettings(environment: Environment): Settings {
  const mailFrom = text(environment, "MAIL_FROM") ?? "";
  if (!/^[^\s@<>",;]+@[^\s@<>",;]+$/.test(mailFrom))
    throw new SettingsError(`MAIL_FROM must be a mail address, got "${mailFrom}"`);
  const namespace = text(environment, "METRIC_NAMESPACE");
  const service = text(environment, "METRIC_SERVICE");
  return {
    port: whole(environment, "PORT", 3001, 1, 65_535),
    queuePrefix: text(environment, "QUEUE_PREFIX") ?? "anythingyouwantt",
    mailFrom,
    smtpUrl: smtpUrl(environment),
    configurationSet: text(environment, "MAIL_CONFIGURATION_SET"),
    receiptsUrl: receiptsUrl(environment),
    concurrency: whole(environment, "CONCURRENCY", 5, 1, 100),
    leaseSeconds: whole(environment, "LEASE_SECONDS", 30, 5, 600),
    metrics: namespace && service ? { namespace, service } : undefined,
  };
}

function receiptsUrl(environment: Environment): string | undefined {
  const value = text(environment, "RECEIPTS_QUEUE_URL");
  if (value !== undefined && !(/^https?:\/\//.test(value) && URL.canParse(value)))
    throw new SettingsError(`RECEIPTS_QUEUE_URL must be the address of a queue, got "${value}"`);
  return value;
}

function smtpUrl(environment: Environment): string | undefined {
  const names = ["SMTP_URL", "SMTP_URL_FILE"];
  if (names.every((name) => text(environment, name) === undefined)) return undefined;
  const [name, given] = exactlyOne(environment, names);
  const value = name === "SMTP_URL" ? given : readFileSync(given, "utf8").trim();
  // The address may hold a password: the message must not.
  if (!/^smtps?:\/\//.test(value) || !URL.canParse(value))
    throw new SettingsError(`${name} is not an address of a mail server`);
  return value;
}
