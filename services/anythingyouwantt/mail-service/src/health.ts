/** HTTP for those who look after the process: does it live (/healthz), do its servers answer (/readyz), /metrics. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { Metrics } from "./platform/metrics.ts";
import { untraced } from "./platform/telemetry.ts";

const CHECK_MILLISECONDS = 3_000;

/** Listens; rejects when the port is taken. */
export async function serveHealth(
  port: number,
  { registry }: Pick<Metrics, "registry">,
  checks: readonly (() => Promise<unknown>)[],
): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split("?")[0];
    if (path === "/metrics") {
      const metrics = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType, "cache-control": "no-store" }).end(metrics);
      return;
    }
    const [status, body] =
      path === "/healthz"
        ? [200, "ok"]
        : path === "/readyz"
          ? await ready(checks)
          : [404, "there is nothing at this path"];
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify({ status: body }));
  });
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "0.0.0.0", resolve);
  });
  return server;
}

async function ready(checks: readonly (() => Promise<unknown>)[]): Promise<[number, string]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("late")), CHECK_MILLISECONDS);
  });
  try {
    await Promise.race([untraced(() => Promise.all(checks.map((check) => check()))), late]);
    return [200, "ok"];
  } catch {
    return [503, "the database or the queue does not answer"];
  } finally {
    clearTimeout(timer);
  }
}
