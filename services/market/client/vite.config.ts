import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const market = process.env["MARKET_API_URL"] ?? "http://127.0.0.1:8001";
const tasks = process.env["TASKS_API_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2022", assetsInlineLimit: 0 },
  server: {
    allowedHosts: true,
    watch: { usePolling: process.env["VITE_POLL"] === "1" },
    // In development the APIs are reached through this server, on one host as everywhere.
    proxy: {
      "^/v1/(users|sessions|items)": market,
      "^/v1/(tasks|activity)": tasks,
    },
  },
});
