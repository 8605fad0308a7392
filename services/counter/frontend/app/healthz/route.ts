export const dynamic = "force-dynamic";

/** Says that this process serves; it asks nobody else. */
export function GET(): Response {
  return Response.json({ status: "ok" }, { headers: { "Cache-Control": "no-store" } });
}
