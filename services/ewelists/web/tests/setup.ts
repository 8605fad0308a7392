import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

configure({
  // A slow machine may take its time; on a quick one nothing waits this long.
  asyncUtilTimeout: 20_000,
  // The message alone: the whole page would follow it.
  getElementError: (message) => new Error(message ?? "not found"),
});
afterEach(cleanup);
