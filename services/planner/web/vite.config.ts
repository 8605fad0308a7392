import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env["API_URL"] ?? "http://127.0.0.1:8000";
const media = process.env["MEDIA_ORIGIN"] ?? "http://127.0.0.1:4566";
const bucket = process.env["MEDIA_BUCKET"] ?? "planner-media";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2022", assetsInlineLimit: 0 },
  server: {
    allowedHosts: true,
    watch: { usePolling: process.env["VITE_POLL"] === "1" },
    // In development everything is reached through this server, on one host as everywhere.
    proxy: {
      "/api": api,
      "/admin": api,
      "/static": api,
      "/media": { target: media, changeOrigin: true, rewrite: (path) => `/${bucket}${path}` },
      "/config.json": { target: media, changeOrigin: true, rewrite: () => `/planner-site/config.json` },
    },
  },
});
