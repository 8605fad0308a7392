import { expect, test } from "vitest";

import { addMonths, isMonth, span, today, weeksOf } from "../src/lib/dates";

test("a month is whole weeks from Monday to Sunday", () => {
  const weeks = weeksOf("2026-02");
  expect(weeks.map((week) => [week[0], week[6]])).toEqual([
    ["2026-01-26", "2026-02-01"],
    ["2026-02-02", "2026-02-08"],
    ["2026-02-09", "2026-02-15"],
    ["2026-02-16", "2026-02-22"],
    ["2026-02-23", "2026-03-01"],
  ]);
  expect(weeksOf("2027-02")).toHaveLength(4);
});

test("months follow one another over the year's end", () => {
  expect([addMonths("2026-12", 1), addMonths("2026-01", -1)]).toEqual(["2027-01", "2025-12"]);
  expect(["2026-05", "2026-13", "2026-5", "x"].map(isMonth)).toEqual([true, false, false, false]);
});

test("when a plan is, is said in words", () => {
  expect(span("2020-05-01", "2020-05-03")).toBe("1 May 2020 – 3 May 2020");
  expect(span("2020-05-01", "2020-05-01")).toBe("1 May 2020");
  expect(span("2020-05-01", null)).toBe("from 1 May 2020");
  expect(span(null, "2020-05-03")).toBe("until 3 May 2020");
  expect(span(null, null)).toBe("");
});

test("today is the day of the person's own clock", () => {
  expect(today(new Date(2026, 0, 2, 23, 59))).toBe("2026-01-02");
});
