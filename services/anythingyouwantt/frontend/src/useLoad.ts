/** Something loaded from the API and loaded again, with what a page must know to show it honestly. */
import { useCallback, useEffect, useRef, useState } from "react";

export interface Loaded<Value> {
  /** The last value that came; undefined until the first one. */
  readonly value: Value | undefined;
  /** Why the last attempt failed; undefined when it did not. */
  readonly error: string | undefined;
  readonly reload: () => void;
}

/** Loads at once, and again after the milliseconds that `again` gives; not at all while the page is hidden. */
export function useLoad<Value>(load: () => Promise<Value>, again: (value: Value | undefined) => number): Loaded<Value> {
  const [value, setValue] = useState<Value>();
  const [error, setError] = useState<string>();
  const [turn, setTurn] = useState(0);
  const pause = useRef(again);
  pause.current = again;
  const reload = useCallback(() => setTurn((last) => last + 1), []);

  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout>;
    let last: Value | undefined;
    const run = async (): Promise<void> => {
      try {
        if (!document.hidden) {
          const next = await load();
          if (gone) return;
          last = next;
          setValue(next);
          setError(undefined);
        }
      } catch (failure) {
        if (gone) return;
        setError((failure as Error).message);
      }
      if (!gone) timer = setTimeout(() => void run(), pause.current(last));
    };
    void run();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [load, turn]);

  return { value, error, reload };
}
