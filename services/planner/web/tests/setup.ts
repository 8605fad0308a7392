import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// A slow machine may take its time; on a quick one nothing waits this long.
configure({ asyncUtilTimeout: 20_000 });
window.scrollTo = () => undefined;
afterEach(() => {
  cleanup();
  window.localStorage.clear();
  window.history.replaceState(null, "", "/");
});
