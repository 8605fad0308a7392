/** Redis: connections for BullMQ that outlive restarts of the server and changes of the password. */
import { Redis } from "ioredis";
import type { RedisOptions } from "ioredis";
import type { Logger } from "pino";
import type { Credentials, CredentialsSource } from "./credentials.ts";

const REFUSED_LOGIN = /WRONGPASS|NOAUTH|NOPERM|invalid username-password/i;
const LONGEST_PAUSE_MILLISECONDS = 2_000;
const CONNECT_MILLISECONDS = 5_000;
/** Between two lines about the same trouble, and between two readings of the secret. */
const REPEAT_MILLISECONDS = 30_000;
const READ_MILLISECONDS = 2_000;

/** The two queues: orders to carry out, and what became of them. */
export const ORDERS = "orders";
export const ANSWERS = "answers";

function redisOptions(credentials: Credentials): RedisOptions {
  const { host, port, username, password, tls, ca } = credentials;
  return {
    host,
    port,
    ...(username && { username }),
    ...(password && { password }),
    ...(tls && { tls: { rejectUnauthorized: true, ...(ca && { ca }) } }),
  };
}

/** A connection that reads its credentials again when its login is refused, as do the twins that BullMQ makes of it. */
class QueueConnection extends Redis {
  private readonly source: CredentialsSource;
  private readonly log: Logger;
  private readAt = 0;
  private said = { message: "", at: 0 };

  constructor(options: RedisOptions, source: CredentialsSource, log: Logger) {
    super(options);
    this.source = source;
    this.log = log;
    this.on("error", (error: Error) => {
      this.say(error.message);
      if (REFUSED_LOGIN.test(error.message)) void this.readAgain();
    });
  }

  override duplicate(override?: Partial<RedisOptions>): Redis {
    return new QueueConnection({ ...this.options, ...override }, this.source, this.log);
  }

  /** ioredis tries for ever: the same trouble is worth a line now and then, not one an attempt. */
  private say(message: string): void {
    const now = Date.now();
    if (message === this.said.message && now - this.said.at < REPEAT_MILLISECONDS) return;
    this.said = { message, at: now };
    this.log.warn({ reason: message }, "the queue's connection has trouble");
  }

  private async readAgain(): Promise<void> {
    const now = Date.now();
    if (now - this.readAt < READ_MILLISECONDS) return;
    this.readAt = now;
    try {
      Object.assign(this.options, redisOptions(await this.source()));
    } catch (error) {
      this.say((error as Error).message);
    }
  }
}

/**
 * A connection to the job queue. `patient` ones wait for a server that is away, as BullMQ's workers must; the others
 * refuse at once, so that their caller can try again later.
 */
export async function openQueueConnection(source: CredentialsSource, log: Logger, patient: boolean): Promise<Redis> {
  const options: RedisOptions = {
    ...redisOptions(await source()),
    maxRetriesPerRequest: patient ? null : 1,
    // A frozen server holds a patient connection's blocking calls for good reason, and the others' for none.
    ...(!patient && { commandTimeout: CONNECT_MILLISECONDS }),
    // The check wants INFO, which the login may not use.
    enableReadyCheck: false,
    connectTimeout: CONNECT_MILLISECONDS,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(attempt * 250, LONGEST_PAUSE_MILLISECONDS),
  };
  return new QueueConnection(options, source, log);
}
