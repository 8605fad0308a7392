import type { ReactElement } from "react";

import type { Pages } from "../lib/usePages";

/** What stands below a list: that it loads, that it is empty, why it is not there, or a button for more. */
export function ListState<T>({ pages, empty }: { pages: Pages<T>; empty: string }): ReactElement | null {
  if (pages.phase === "loading")
    return (
      <p className="note" role="status">
        Loading…
      </p>
    );
  if (pages.phase === "failed") {
    return (
      <div className="error" role="alert">
        <p>{pages.error}</p>
        <button type="button" onClick={() => void pages.reload()}>
          Try again
        </button>
      </div>
    );
  }
  if (pages.entries.length === 0) return <p className="empty">{empty}</p>;
  if (pages.more === undefined) return null;
  return (
    <button type="button" className="more" onClick={pages.more}>
      Show more
    </button>
  );
}
