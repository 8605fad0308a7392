import { vi } from "vitest";

/** One answer of the API, or a call that never reaches it. */
export type Answer = { status: number; body: unknown } | "unreachable" | Promise<Response>;

export const counter = (value: number): Answer => ({ status: 200, body: { counter: value } });
export const soldOut: Answer = { status: 409, body: { status: 409, reason: "sold-out", detail: "at zero" } };
export const away: Answer = { status: 503, body: { status: 503, reason: "store-unavailable", detail: "away" } };

/** Put an API in place of the network that gives these answers in turn; returns the list of calls it saw. */
export function api(...answers: Answer[]): string[] {
  const calls: string[] = [];
  vi.stubGlobal("fetch", async (url: string, { method }: { method: string }): Promise<Response> => {
    calls.push(`${method} ${url}`);
    const answer = answers.shift();
    if (answer === undefined) {
      throw new Error(`no answer left for ${method} ${url}`);
    }
    if (answer === "unreachable") {
      throw new TypeError("fetch failed");
    }
    return answer instanceof Promise ? answer : Response.json(answer.body, { status: answer.status });
  });
  return calls;
}

/** An answer that comes when the test says so. */
export function later(): { answer: Promise<Response>; arrive: (value: number) => void } {
  let resolve: (response: Response) => void = () => undefined;
  const answer = new Promise<Response>((done) => {
    resolve = done;
  });
  return { answer, arrive: (value) => resolve(Response.json({ counter: value })) };
}
