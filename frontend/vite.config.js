// How the portal's assets are built: one entry for every page, islands as chunks of their own.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/assets/",
  build: {
    outDir: process.env.MTD_ASSETS_OUT ?? "dist",
    assetsDir: "",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    target: "es2022",
    // The policy of the pages allows nothing inline: no asset becomes a data: URL.
    assetsInlineLimit: 0,
    rollupOptions: { input: "src/main.ts" },
  },
});
