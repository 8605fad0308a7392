import { afterEach, expect, test, vi } from "vitest";

import { apiBase } from "../lib/environment";
import { checkEnvironment } from "../lib/start";

afterEach(() => vi.unstubAllEnvs());

test.each([
  [{}, "/api"],
  [{ COUNTER_API_BASE: "" }, "/api"],
  [{ COUNTER_API_BASE: "/shop/api" }, "/shop/api"],
  [{ COUNTER_API_BASE: "https://api.slipway.example" }, "https://api.slipway.example"],
  [{ COUNTER_API_BASE: "http://localhost:8000/api" }, "http://localhost:8000/api"],
])("%o has the API at %s", (environment, base) => {
  expect(apiBase(environment)).toBe(base);
});

test.each(["api", "/api/", "javascript:alert(1)", "/api?x=1", "//elsewhere"])("%s is refused by name", (base) => {
  expect(() => apiBase({ COUNTER_API_BASE: base })).toThrow(
    `COUNTER_API_BASE: a path such as /api or a URL, without a slash at its end, got "${base}"`,
  );
});

test("the server ends at its start, with one line, on a base that it would refuse", () => {
  const said = vi.spyOn(console, "error").mockReturnValue();
  const exit = vi.spyOn(process, "exit").mockImplementation((() => undefined) as never);
  vi.stubEnv("COUNTER_API_BASE", "api");
  checkEnvironment();
  expect(exit.mock.calls).toEqual([[1]]);
  expect(said.mock.calls).toEqual([
    ['counter: COUNTER_API_BASE: a path such as /api or a URL, without a slash at its end, got "api"'],
  ]);
});

test("the server starts on a base that it can use", () => {
  const exit = vi.spyOn(process, "exit").mockImplementation((() => undefined) as never);
  vi.stubEnv("COUNTER_API_BASE", "/api");
  checkEnvironment();
  expect(exit).not.toHaveBeenCalled();
});
