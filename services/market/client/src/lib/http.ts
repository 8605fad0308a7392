/** One call to an API: JSON in, checked JSON out, and errors a person can read. */
import type { z } from "zod";

import { Problem } from "./schemas";

/** Why a call did not do what was asked; the message is for the person in front of the screen. */
export class CallFailed extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

const PATIENCE_MILLISECONDS = 20_000;

export type Call<T extends z.ZodType | null> = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  /** What the answer looks like; null for none. */
  answer: T;
};

/** The answer of the API. Throws CallFailed, with status 0 when there was no answer at all. */
export async function send<T extends z.ZodType | null>(
  { method, path, body, answer }: Call<T>,
  accessToken?: string,
): Promise<T extends z.ZodType ? z.infer<T> : null> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
  } catch {
    throw new CallFailed(0, "The market cannot be reached. Check your connection and try again.");
  }
  if (!response.ok) throw await failure(response);
  type Answer = T extends z.ZodType ? z.infer<T> : null;
  if (answer === null) return null as Answer;
  const read = answer.safeParse(await response.json().catch(() => undefined));
  if (!read.success)
    throw new CallFailed(response.status, "The market gave an answer that this page does not understand.");
  return read.data as Answer;
}

async function failure(response: Response): Promise<CallFailed> {
  const problem = Problem.safeParse(await response.json().catch(() => undefined));
  if (response.status === 429) {
    const wait = response.headers.get("retry-after") ?? "a few";
    return new CallFailed(429, `That was a little fast. Try again in ${wait} seconds.`);
  }
  if (!problem.success || response.status >= 500) {
    const id = problem.success ? ` (request ${problem.data.requestId})` : "";
    return new CallFailed(response.status, `The market has trouble right now. Try again soon${id}.`);
  }
  const { detail, errors } = problem.data;
  const fields = Object.fromEntries(errors.map(({ path, message }) => [path, message]));
  return new CallFailed(response.status, `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`, fields);
}
