const BASE = /^(https?:\/\/[^/\s]+)?(\/[A-Za-z0-9._~-]+)*$/;

/**
 * Where the browser finds the counter's API: `COUNTER_API_BASE`, a path such as `/api` or a URL, without a slash at its end.
 * Empty or absent means `/api`. Throws when the value is neither.
 */
export function apiBase(environment: Readonly<Record<string, string | undefined>>): string {
  const base = environment["COUNTER_API_BASE"] || "/api";
  if (!BASE.test(base)) {
    throw new Error(`COUNTER_API_BASE: a path such as /api or a URL, without a slash at its end, got "${base}"`);
  }
  return base;
}
