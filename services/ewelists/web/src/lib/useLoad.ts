import { useCallback, useEffect, useState } from "react";
import { said } from "./account";

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
  readonly again: () => void;
  readonly set: (change: (value: T) => T) => void;
}

/** What `load` answers; loaded again when `key` changes, or on demand. */
export function useLoad<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ value?: T; error?: string; key?: string }>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    let stale = false;
    load().then(
      (value) => stale || setState({ value, key }),
      (error: unknown) => stale || setState((old) => ({ ...old, error: said(error), key })),
    );
    return () => {
      stale = true;
    };
    // `load` is another function at each rendering; `key` says when it would load something else.
  }, [key, round]);
  const again = useCallback(() => {
    setState((old) => (old.value === undefined ? {} : { value: old.value, ...(old.key ? { key: old.key } : {}) }));
    setRound((old) => old + 1);
  }, []);
  const set = useCallback((change: (value: T) => T) => {
    setState((old) => (old.value === undefined ? old : { ...old, value: change(old.value) }));
  }, []);
  const current = state.key === undefined || state.key === key;
  return { value: current ? state.value : undefined, error: current ? state.error : undefined, again, set };
}
