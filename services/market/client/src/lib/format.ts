/** Values as people read them. */

export const price = (cents: number, currency: string): string =>
  new Intl.NumberFormat("en", { style: "currency", currency }).format(cents / 100);

/** The cents in what somebody typed, "12", "12.5" or "12,50"; undefined when it is no price. */
export function cents(typed: string): number | undefined {
  const [, whole, part = ""] = /^(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(typed.trim()) ?? [];
  return whole === undefined ? undefined : Number(whole) * 100 + Number(part.padEnd(2, "0"));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago: "just now", "5 minutes ago", "yesterday". */
export function ago(at: string, now: number = Date.now()): string {
  const seconds = Math.round((now - Date.parse(at)) / 1000);
  const step = STEPS.find(([, length]) => seconds >= length);
  if (step === undefined) return "just now";
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-Math.floor(seconds / step[1]), step[0]);
}
