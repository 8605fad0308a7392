/** Small parts that every page has. */
import { type MouseEvent, type ReactElement, type ReactNode } from "react";

import { go, type Loaded } from "../lib/hooks";

const ICONS = {
  list: "M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01",
  calendar: "M4 7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM4 10h16M8 3v4M16 3v4",
  bin: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  back: "m15 5-7 7 7 7",
  next: "m9 5 7 7-7 7",
  plus: "M12 5v14M5 12h14",
  clip: "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.5 3.5 0 0 1 5 5l-8.5 8.5a2 2 0 0 1-3-3L14 7",
  cloud: "M3 3l18 18M8 6.5A6 6 0 0 1 18 10a4 4 0 0 1 2.5 6.8M5.5 10A4.5 4.5 0 0 0 7 19h9",
} as const;

export function Icon({ name }: { name: keyof typeof ICONS }): ReactElement {
  return (
    <svg className="glyph" viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}

/** A link inside the page: no new document is loaded. */
export function Link(props: { to: string; className?: string; current?: boolean; children: ReactNode }): ReactElement {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(props.to);
  };
  return (
    <a href={props.to} className={props.className} aria-current={props.current === true ? "page" : undefined} onClick={follow}>
      {props.children}
    </a>
  );
}

export function Failure({ message, again }: { message: string | undefined; again?: () => void }): ReactElement | null {
  if (message === undefined) return null;
  return (
    <div className="error" role="alert">
      <p>{message}</p>
      {again !== undefined && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What stands where something is loaded: that it loads, why it is not there, or the thing itself. */
export function Shown<T>({ what, children }: { what: Loaded<T>; children: (value: T) => ReactNode }): ReactElement {
  if (what.value === undefined) {
    if (what.loading)
      return (
        <div className="loading" role="status">
          <span className="spinner" aria-hidden="true" /> Loading…
        </div>
      );
    return <Failure message={what.error ?? "Nothing was found."} again={() => void what.reload()} />;
  }
  return (
    <>
      <Failure message={what.error} again={() => void what.reload()} />
      {children(what.value)}
    </>
  );
}

export function Progress({ done, of }: { done: number; of: number }): ReactElement | null {
  if (of === 0) return null;
  return (
    <span className="progress">
      <progress value={done} max={of} aria-label="Steps done" />
      <small>
        {done} of {of} done
      </small>
    </span>
  );
}
