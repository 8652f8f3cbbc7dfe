// What Playwright Test's own installer writes, with the Firefox of this machine.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testMatch: "journey.spec.mjs",
  reporter: [["html", { open: "never" }]],
  use: {
    browserName: "firefox",
    channel: "moz-firefox",
    launchOptions: { executablePath: process.env.FIREFOX },
    viewport: { width: 1280, height: 900 },
    locale: "fr-FR",
  },
});
