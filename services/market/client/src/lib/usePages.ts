/** A list that is loaded a page at a time, and again when something in it changed. */
import { useCallback, useEffect, useRef, useState } from "react";

import type { Page } from "./schemas";

export type Pages<T> = {
  entries: T[];
  phase: "loading" | "ready" | "failed";
  error: string | undefined;
  more: (() => void) | undefined;
  reload: () => Promise<void>;
};

/** `load` must keep its identity as long as it loads the same list. */
export function usePages<T extends { id: string }>(load: (cursor?: string) => Promise<Page<T>>): Pages<T> {
  const [entries, setEntries] = useState<T[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [phase, setPhase] = useState<Pages<T>["phase"]>("loading");
  const [error, setError] = useState<string>();
  // An answer that arrives after a newer question is not shown.
  const asked = useRef(0);

  const ask = useCallback(
    async (from?: string) => {
      asked.current += 1;
      const mine = asked.current;
      try {
        const page = await load(from);
        if (mine !== asked.current) return;
        setEntries((old) =>
          from === undefined
            ? page.items
            : [...old, ...page.items.filter(({ id }) => !old.some((had) => had.id === id))],
        );
        setCursor(page.nextCursor);
        setPhase("ready");
        setError(undefined);
      } catch (caught) {
        if (mine !== asked.current) return;
        setPhase("failed");
        setError((caught as Error).message);
      }
    },
    [load],
  );

  useEffect(() => {
    setPhase("loading");
    setEntries([]);
    void ask();
    return () => void (asked.current += 1);
  }, [ask]);

  const reload = useCallback(() => ask(), [ask]);
  return { entries, phase, error, more: cursor === null ? undefined : () => void ask(cursor), reload };
}
