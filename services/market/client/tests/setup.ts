import { cleanup, configure } from "@testing-library/react";
import { afterEach, expect } from "vitest";

import { broken } from "./contract";

// A slow machine may take its time; on a quick one nothing waits this long.
configure({ asyncUtilTimeout: 20_000 });
afterEach(() => {
  expect(broken.splice(0).map(String)).toEqual([]);
  cleanup();
  window.sessionStorage.clear();
  window.history.replaceState(null, "", "/");
});
