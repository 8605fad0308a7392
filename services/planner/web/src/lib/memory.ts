/** The last seen data, kept on this device so that it can be read without a connection; gone with a sign-out. */
const PREFIX = "planner.seen.";

export function remember(account: string, name: string, value: unknown): void {
  try {
    window.localStorage.setItem(`${PREFIX}${account}.${name}`, JSON.stringify(value));
  } catch {
    // A full or forbidden storage only means that nothing can be read offline.
  }
}

export function recall<T>(account: string, name: string): T | undefined {
  const found = window.localStorage.getItem(`${PREFIX}${account}.${name}`);
  try {
    return found === null ? undefined : (JSON.parse(found) as T);
  } catch {
    return undefined;
  }
}

export function forgetAll(): void {
  const names = Object.keys(window.localStorage).filter((name) => name.startsWith(PREFIX));
  for (const name of names) window.localStorage.removeItem(name);
}
