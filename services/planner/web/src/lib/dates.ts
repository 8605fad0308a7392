/** Days as the API writes them (2026-05-01), without a clock or a time zone in them. */
export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const utc = (day: string): Date => new Date(`${day}T00:00:00Z`);
const written = (date: Date): string => date.toISOString().slice(0, 10);

export function today(now: Date = new Date()): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${String(now.getFullYear())}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export function addDays(day: string, count: number): string {
  const date = utc(day);
  date.setUTCDate(date.getUTCDate() + count);
  return written(date);
}

export const isMonth = (text: string): boolean => /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(text);

/** The month (2026-05) so many months from another. */
export function addMonths(month: string, count: number): string {
  const date = utc(`${month}-01`);
  date.setUTCMonth(date.getUTCMonth() + count);
  return written(date).slice(0, 7);
}

/** Whole weeks, Monday first, that a month lies in. */
export function weeksOf(month: string): string[][] {
  const first = `${month}-01`;
  let day = addDays(first, -((utc(first).getUTCDay() + 6) % 7));
  const weeks: string[][] = [];
  do {
    weeks.push(Array.from({ length: 7 }, (_, index) => addDays(day, index)));
    day = addDays(day, 7);
  } while (day.slice(0, 7) === month);
  return weeks;
}

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const SHORT = format({ day: "numeric", month: "short" });
const SHORT_WITH_YEAR = format({ day: "numeric", month: "short", year: "numeric" });
const WEEKDAY = format({ weekday: "long" });
const DAY = format({ day: "numeric", month: "long", year: "numeric" });
const MONTH = format({ month: "long", year: "numeric" });

/** In two parts: whether a comma stands between them depends on the browser's age. */
export const longDay = (day: string): string => `${WEEKDAY.format(utc(day))} ${DAY.format(utc(day))}`;
export const monthName = (month: string): string => MONTH.format(utc(`${month}-01`));
export const shortDay = (day: string, now: string = today()): string =>
  (day.slice(0, 4) === now.slice(0, 4) ? SHORT : SHORT_WITH_YEAR).format(utc(day));

/** When a plan is, in words; empty for one without a date. */
export function span(startsOn: string | null, endsOn: string | null): string {
  if (startsOn !== null && endsOn !== null && startsOn !== endsOn) return `${shortDay(startsOn)} – ${shortDay(endsOn)}`;
  if (startsOn !== null && endsOn === null) return `from ${shortDay(startsOn)}`;
  if (startsOn === null && endsOn !== null) return `until ${shortDay(endsOn)}`;
  return startsOn === null ? "" : shortDay(startsOn);
}
