import { defineConfig } from "@playwright/test";
import { baseURL, chromium, cloud } from "./support/env.ts";
import { servers } from "./support/servers.ts";

export default defineConfig({
  testDir: "specs",
  outputDir: process.env.E2E_RESULTS ?? "results",
  // Screenshots for people to look at are taken on request only: E2E_SCREENS=1.
  grepInvert: process.env.E2E_SCREENS ? undefined : /@screens|@docs/,
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Generous: nothing here is a benchmark, and the machine may be busy.
  timeout: cloud === "real" ? 180_000 : 90_000,
  expect: { timeout: cloud === "real" ? 30_000 : 15_000 },
  reporter: [["list"], ["html", { outputFolder: process.env.E2E_REPORT ?? "report", open: "never" }]],
  globalTeardown: "./support/teardown.ts",
  webServer: servers(),
  use: {
    baseURL,
    browserName: "chromium",
    headless: true,
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    // A trace of every test costs a third of the time: on request.
    trace: process.env.E2E_TRACE ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
