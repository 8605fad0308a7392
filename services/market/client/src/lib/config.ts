/** What an environment says to the browser at run time: one image serves them all. */
import { z } from "zod";

import "./schemas";

const Config = z.object({ environment: z.string() });
export type Config = z.infer<typeof Config>;

/** Without an answer the client works all the same, and shows no environment. */
export async function loadConfig(): Promise<Config> {
  try {
    return Config.parse(await (await fetch("/config.json")).json());
  } catch {
    return { environment: "" };
  }
}
