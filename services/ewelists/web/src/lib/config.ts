/** What the page is told at run time: one build serves every environment. */
export interface Config {
  readonly environment: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  /** Where the API is, without a slash at its end: a path of the page's own origin, or an address. */
  readonly apiUrl: string;
  /** Where the user pool is when it is not AWS's own. */
  readonly endpoint?: string;
}

const NEEDED = ["environment", "region", "userPoolId", "userPoolClientId", "apiUrl"] as const;

/** Read `/config.json`; an Error says what is wrong with it. */
export async function readConfig(): Promise<Config> {
  const answer = await fetch("/config.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(`config.json: status ${answer.status}`);
  const given = (await answer.json()) as Record<string, unknown>;
  const missing = NEEDED.filter((name) => typeof given[name] !== "string" || given[name] === "");
  if (missing.length > 0) throw new Error(`config.json lacks ${missing.join(", ")}`);
  return given as unknown as Config;
}
