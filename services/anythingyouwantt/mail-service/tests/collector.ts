/** A collector that keeps what it is sent. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: unknown;
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

/** What came while something was done that was told the collector's address: the spans, and all of it as text. */
export async function collected(
  during: (endpoint: string) => Promise<void>,
): Promise<{ spans: SentSpan[]; text: string }> {
  const bodies: Sent[] = [];
  const collector = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(JSON.parse(body));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  const { port } = collector.address() as AddressInfo;
  try {
    await during(`http://127.0.0.1:${port}/`);
  } finally {
    collector.closeAllConnections();
    collector.close();
  }
  const scopes = bodies.flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans));
  return { spans: scopes.flatMap(({ spans }) => spans), text: JSON.stringify(bodies) };
}
