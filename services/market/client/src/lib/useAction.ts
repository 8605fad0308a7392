/** Something that a person asked for: under way, done, or failed with a reason to show. */
import { useState } from "react";

export type Action = { busy: boolean; error: string | undefined; run: (work: () => Promise<void>) => Promise<boolean> };

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  async function run(work: () => Promise<void>): Promise<boolean> {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      return true;
    } catch (caught) {
      setError((caught as Error).message);
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { busy, error, run };
}
