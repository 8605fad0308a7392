/** Runs once when the server starts: a setting that cannot be used stops it there and not at the first visitor. */
export async function register(): Promise<void> {
  if (process.env["NEXT_RUNTIME"] === "nodejs") {
    const { checkEnvironment } = await import("./lib/start");
    checkEnvironment();
  }
}
