/** Ways to send a mail: SES, or any server that speaks SMTP. */
import { SendEmailCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { createTransport } from "nodemailer";
import type { Mail } from "./mails.ts";
import type { Settings } from "./settings.ts";

/** Longest a sending may take; well within a claim's lease. */
const SEND_MILLISECONDS = 10_000;

/** The mail was surely not sent. `final`: it never will be, whoever tries. */
export class NotSentError extends Error {
  override name = "NotSentError";
  readonly final: boolean;

  constructor(message: string, final: boolean) {
    super(message);
    this.final = final;
  }
}

/**
 * Sends one mail of an order and resolves with its id. NotSentError when it surely was not sent; any other error leaves
 * that open.
 */
export type Sender = (mail: Mail, orderId: string) => Promise<string>;

export function openSender(settings: Settings): Sender {
  return settings.smtpUrl === undefined ? ses(settings) : smtp(settings, settings.smtpUrl);
}

function ses({ mailFrom, configurationSet }: Settings): Sender {
  // One attempt: the library cannot know whether the mail of a lost answer was sent, the deliveries can.
  const client = new SESv2Client({ maxAttempts: 1 });
  return async (mail, orderId) => {
    const content = (Data: string) => ({ Data, Charset: "UTF-8" });
    const command = new SendEmailCommand({
      FromEmailAddress: mailFrom,
      Destination: { ToAddresses: [mail.to] },
      ...(configurationSet && { ConfigurationSetName: configurationSet }),
      Content: {
        Simple: {
          Subject: content(mail.subject),
          Body: { Text: content(mail.text), Html: content(mail.html) },
          Headers: [{ Name: "X-Order-Id", Value: orderId }],
        },
      },
      EmailTags: [{ Name: "order", Value: orderId }],
    });
    try {
      const { MessageId } = await client.send(command, { abortSignal: AbortSignal.timeout(SEND_MILLISECONDS) });
      return MessageId ?? orderId;
    } catch (error) {
      throw sesError(error as Error & { $metadata?: { httpStatusCode?: number }; code?: string });
    }
  };
}

/** An answer below 500 was a refusal; what never got a connection was not sent either. */
export function sesError(error: Error & { $metadata?: { httpStatusCode?: number }; code?: string }): Error {
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (error.name === "MessageRejected") return new NotSentError(error.message, true);
  if ((status >= 400 && status < 500) || unreached(error))
    return new NotSentError(`${error.name}: ${error.message}`, false);
  return error;
}

function smtp({ mailFrom }: Settings, url: string): Sender {
  const times = {
    connectionTimeout: SEND_MILLISECONDS / 2,
    greetingTimeout: SEND_MILLISECONDS / 2,
    socketTimeout: SEND_MILLISECONDS,
  };
  const transport = createTransport({ url, ...times });
  const domain = mailFrom.slice(mailFrom.lastIndexOf("@") + 1);
  return async (mail, orderId) => {
    // The same id for each attempt: a twin, should there ever be one, is known as such by the one who receives it.
    const messageId = `<${orderId}@${domain}>`;
    try {
      await transport.sendMail({
        from: mailFrom,
        ...mail,
        messageId,
        headers: { "X-Order-Id": orderId },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return messageId;
    } catch (error) {
      throw smtpError(error as SmtpTrouble);
    }
  };
}

interface SmtpTrouble extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly responseCode?: number;
}

/**
 * A reply to the login, the addresses or the text was a refusal, for good (5xx to the address) or for now. Without a
 * connection nothing was sent; of one that broke the library does not say when.
 */
export function smtpError(error: SmtpTrouble): Error {
  const replied = error.responseCode !== undefined && ["EAUTH", "EENVELOPE", "EMESSAGE"].includes(error.code ?? "");
  if (replied) return new NotSentError(error.message, (error.responseCode ?? 0) >= 550 && error.code === "EENVELOPE");
  if (error.syscall === "connect" || error.code === "EDNS") return new NotSentError(error.message, false);
  return error;
}

function unreached({ code }: { code?: string }): boolean {
  return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"].includes(code ?? "");
}
