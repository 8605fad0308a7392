/** What components share: loading with a memory, actions with an error to show, the connection, the address. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";

import { CallFailed } from "./api";
import { recall, remember } from "./memory";

export type Loaded<T> = {
  value: T | undefined;
  /** Why the newest is not here; `value` may still be what was last seen. */
  error: string | undefined;
  gone: boolean;
  loading: boolean;
  reload: () => Promise<void>;
  set: (value: T) => void;
};

/** `load` must keep its identity as long as it loads the same thing; `name` is where it is kept for later. */
export function useLoad<T>(account: string, name: string, load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T | undefined>(() => recall<T>(account, name));
  const [failure, setFailure] = useState<CallFailed | Error>();
  const [loading, setLoading] = useState(true);
  // An answer that arrives after a newer question is not shown.
  const asked = useRef(0);

  const set = useCallback(
    (next: T) => {
      setValue(next);
      remember(account, name, next);
    },
    [account, name],
  );
  const reload = useCallback(async () => {
    asked.current += 1;
    const mine = asked.current;
    try {
      const next = await load();
      if (mine !== asked.current) return;
      set(next);
      setFailure(undefined);
    } catch (caught) {
      if (mine === asked.current) setFailure(caught as Error);
    } finally {
      if (mine === asked.current) setLoading(false);
    }
  }, [load, set]);

  useEffect(() => {
    setValue(recall<T>(account, name));
    setFailure(undefined);
    setLoading(true);
    void reload();
    return () => void (asked.current += 1);
  }, [account, name, reload]);

  const gone = failure instanceof CallFailed && failure.status === 404;
  return { value: gone ? undefined : value, error: failure?.message, gone, loading, reload, set };
}

export type Action = { busy: boolean; error: string | undefined; run: (work: () => Promise<void>) => Promise<boolean> };

/** Something that a person asked for: under way, done, or failed with a reason to show. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const run = useCallback(async (work: () => Promise<void>): Promise<boolean> => {
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
  }, []);
  return { busy, error, run };
}

const follow = (changed: () => void) => {
  const events = ["online", "offline", "popstate"];
  for (const name of events) window.addEventListener(name, changed);
  return () => {
    for (const name of events) window.removeEventListener(name, changed);
  };
};

export const useOnline = (): boolean => useSyncExternalStore(follow, () => navigator.onLine);

/** The address's path; `go` changes it, and the browser's back button works. */
export const usePath = (): string => useSyncExternalStore(follow, () => window.location.pathname);

export function go(path: string): void {
  window.history.pushState(null, "", path);
  window.dispatchEvent(new PopStateEvent("popstate"));
  window.scrollTo(0, 0);
}
