/** What the environment says to the page at run time: one build serves every environment. */
export type Config = {
  environment: string;
  region: string;
  userPoolId: string;
  userPoolClientId: string;
  apiUrl: string;
  /** Where Cognito answers when it is not AWS's own. */
  endpoint?: string;
};

export async function loadConfig(): Promise<Config> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`config.json: ${String(response.status)}`);
  return (await response.json()) as Config;
}
