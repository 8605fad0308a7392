import type { Loaded } from "./useLoad";

/** What stands in a list's place while there is no list, and above it when it may be old. */
export function States<Item>({ of, what, empty }: { of: Loaded<Item[]>; what: string; empty: string }) {
  if (of.error !== undefined) {
    return (
      <div className="state error" role="alert">
        <p>{of.error}</p>
        <button type="button" className="quiet" onClick={of.reload}>
          Try again
        </button>
      </div>
    );
  }
  if (of.value === undefined) {
    return (
      <p className="state" role="status">
        <span className="spinner" aria-hidden="true" /> Loading {what}…
      </p>
    );
  }
  return of.value.length === 0 ? <p className="state">{empty}</p> : null;
}
