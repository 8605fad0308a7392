/** Reading of the process's environment: what cannot be used ends the process with one line that names it. */

/** A setting that cannot be used; the message names the variable, what was given and what is allowed. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable's text, or undefined when it is unset or empty. */
export function text(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}

/** A whole number between the bounds; `fallback` when the variable is unset. */
export function whole(
  environment: Environment,
  name: string,
  fallback: number,
  lowest: number,
  highest: number,
): number {
  const given = text(environment, name);
  if (given === undefined) return fallback;
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < lowest || value > highest) {
    throw new SettingsError(`${name} must be a whole number from ${lowest} to ${highest}, got "${given}"`);
  }
  return value;
}

/** One of the allowed words; `fallback` when the variable is unset. */
export function choice<Word extends string>(
  environment: Environment,
  name: string,
  fallback: Word,
  allowed: readonly Word[],
): Word {
  const given = text(environment, name);
  if (given === undefined) return fallback;
  const found = allowed.find((word) => word === given);
  if (found === undefined) throw new SettingsError(`${name} must be one of ${allowed.join(", ")}, got "${given}"`);
  return found;
}

/** The one of several variables that is set, and its value; more than one, or none, is an error. */
export function exactlyOne(environment: Environment, names: readonly string[]): [name: string, value: string] {
  const found = names.flatMap((name): [string, string][] => {
    const value = text(environment, name);
    return value === undefined ? [] : [[name, value]];
  });
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new SettingsError(`exactly one of ${names.join(", ")} must be set, ${found.length} are`);
  }
  return only;
}
