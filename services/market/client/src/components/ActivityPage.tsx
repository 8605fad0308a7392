import { type ReactElement, useCallback, useEffect } from "react";

import { calls } from "../lib/calls";
import { ago } from "../lib/format";
import type { Activity } from "../lib/schemas";
import { usePages } from "../lib/usePages";
import { BagIcon, CheckIcon } from "./Icons";
import { ListState } from "./ListState";
import type { PageProps } from "./PageProps";

const LOOK_AGAIN_MILLISECONDS = 5_000;

/** What happened to tasks and items, newest first; looks again by itself while it is on the screen. */
export function ActivityPage({ session, account }: PageProps): ReactElement {
  const pages = usePages<Activity>(useCallback((cursor) => session.call(calls.activity(cursor)), [session]));
  const { reload } = pages;
  // Who asked for older entries reads them: the list stays as it is.
  const isFirstPage = pages.entries.length <= 20;
  useEffect(() => {
    if (!isFirstPage) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void reload();
    }, LOOK_AGAIN_MILLISECONDS);
    return () => clearInterval(timer);
  }, [reload, isFirstPage]);

  return (
    <>
      <ol className="activity" aria-live="polite">
        {pages.entries.map((entry) => (
          <li key={entry.id}>
            <span className="mark">{entry.type.startsWith("task.") ? <CheckIcon /> : <BagIcon />}</span>
            <p>
              <strong>{entry.actor === account.id ? "You" : "Somebody"}</strong> {entry.summary}
              <small>{ago(entry.at)}</small>
            </p>
          </li>
        ))}
      </ol>
      <ListState pages={pages} empty="Nothing has happened yet." />
    </>
  );
}
