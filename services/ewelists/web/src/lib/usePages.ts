import { useState } from "react";
import type { Page } from "./api";
import { useAction } from "./useAction";
import { useLoad, type Loaded } from "./useLoad";

export interface Paged<T extends Page<unknown>> extends Loaded<T> {
  /** Load the next page behind what is there; undefined when that is all. */
  readonly more: (() => void) | undefined;
  readonly busy: boolean;
  readonly moreError: string | undefined;
}

/** Something that comes in pages, all that has been loaded in one. */
export function usePages<I, T extends Page<I>>(key: string, load: (cursor: string | null) => Promise<T>): Paged<T> {
  const loaded = useLoad(key, () => load(null));
  const action = useAction();
  const [asked, setAsked] = useState<string>();
  const next = loaded.value?.next ?? null;
  const more = () => {
    if (next === null || (asked === next && action.busy)) return;
    setAsked(next);
    void action.run(async () => {
      const page = await load(next);
      loaded.set((old) => (old.next === next ? { ...old, items: [...old.items, ...page.items], next: page.next } : old));
    });
  };
  return { ...loaded, more: next === null ? undefined : more, busy: action.busy, moreError: action.error };
}
