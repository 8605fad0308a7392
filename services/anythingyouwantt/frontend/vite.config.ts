import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  server: {
    // A developer's compose puts the rest-api behind the same address, as the load balancer does.
    proxy: { "/api": process.env["API_UPSTREAM"] ?? "http://127.0.0.1:3000" },
    allowedHosts: true,
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
    unstubGlobals: true,
    // For a slow machine: each test takes well under a second on a quick one.
    testTimeout: 60_000,
  },
});
