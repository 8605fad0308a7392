import { useCallback, useState } from "react";
import { said } from "./account";

export interface Action {
  readonly busy: boolean;
  readonly error: string | undefined;
  /** Do something, one thing at a time; whether it worked. */
  readonly run: (act: () => Promise<unknown>) => Promise<boolean>;
}

/** Something that a person starts: it is under way, it failed, or neither. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const run = useCallback(async (act: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await act();
      return true;
    } catch (problem) {
      setError(said(problem));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, error, run };
}
