/** Longer than the API's own tries at its store, shorter than a visitor's patience. */
const TIMEOUT_MS = 20_000;

/** The API's word for a counter at zero. */
export const SOLD_OUT = "sold-out";

/** The API refused or could not be reached; `message` is for the visitor, `reason` the API's word for it. */
export class CounterError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.name = "CounterError";
    this.reason = reason;
  }
}

/** One of the API's three calls, by its method and path. */
export type Call = "GET /counter" | "POST /decrement" | "PUT /reset";

/** The counter's value after the call. Throws CounterError whatever goes wrong. */
export async function ask(base: string, call: Call): Promise<number> {
  const [method, path] = call.split(" ") as [string, string];
  const answer = await answered(`${base}${path}`, method);
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) {
    throw new CounterError(text(body, "reason") ?? "unknown", message(answer.status));
  }
  const value = typeof body === "object" && body !== null && "counter" in body ? body.counter : null;
  if (typeof value !== "number") {
    throw new CounterError("unreadable", "The shop gave an answer that makes no sense.");
  }
  return value;
}

async function answered(url: string, method: string): Promise<Response> {
  try {
    return await fetch(url, { method, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new CounterError("unreachable", "The shop cannot be reached. Check your connection.");
  }
}

function message(status: number): string {
  if (status === 409) {
    return "Sold out: there is no camera left to sell.";
  }
  return `The shop is not available right now (${status}).`;
}

function text(body: unknown, key: string): string | undefined {
  const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[key] : undefined;
  return typeof value === "string" ? value : undefined;
}
