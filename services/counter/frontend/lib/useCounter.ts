"use client";

import { useCallback, useEffect, useRef, useState } from "react";

import { ask, type Call, CounterError, SOLD_OUT } from "./counter";

export interface Counter {
  /** Cameras left; null until the first answer. */
  value: number | null;
  /** The call under way, if any. */
  busy: Call | null;
  /** What went wrong with the last call. */
  error: CounterError | null;
  /** Start a call; one at a time, further ones are ignored until it is answered. */
  run: (call: Call) => Promise<void>;
}

/** The counter behind the API at `base`, read once when the page opens and again when its tab comes back. */
export function useCounter(base: string): Counter {
  const [value, setValue] = useState<number | null>(null);
  const [busy, setBusy] = useState<Call | null>("GET /counter");
  const [error, setError] = useState<CounterError | null>(null);
  const running = useRef(false);

  const run = useCallback(
    async (call: Call) => {
      if (running.current) {
        return;
      }
      running.current = true;
      setBusy(call);
      try {
        setValue(await ask(base, call));
        setError(null);
      } catch (problem) {
        if (!(problem instanceof CounterError)) {
          throw problem;
        }
        if (problem.reason === SOLD_OUT) {
          setValue(0);
        }
        setError(problem);
      } finally {
        running.current = false;
        setBusy(null);
      }
    },
    [base],
  );

  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === "visible") {
        void run("GET /counter");
      }
    };
    refresh();
    document.addEventListener("visibilitychange", refresh);
    return () => document.removeEventListener("visibilitychange", refresh);
  }, [run]);

  return { value, busy, error, run };
}
