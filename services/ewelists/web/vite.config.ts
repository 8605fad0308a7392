import { readFile } from "node:fs/promises";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const api = process.env["API_URL"] ?? "http://127.0.0.1:8000";
const config = process.env["CONFIG_FILE"] ?? "config.json";

/** In development `/config.json` is a file outside of the sources, written when the user pool is made. */
const runtimeConfig: Plugin = {
  name: "runtime-config",
  configureServer(server) {
    server.middlewares.use("/config.json", (_, answer) => {
      readFile(config).then(
        (text) => answer.setHeader("Content-Type", "application/json").end(text),
        () => answer.writeHead(404).end(),
      );
    });
  },
};

export default defineConfig({
  plugins: [react(), runtimeConfig],
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  server: {
    allowedHosts: true,
    watch: { usePolling: process.env["VITE_POLL"] === "1" },
    // In development the API is reached through this server, on one host as everywhere.
    proxy: { "/api": api },
  },
});
