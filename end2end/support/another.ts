// A demo cloud of another kind for one spec (older, or with fewer services), which also serves the app. It keeps nothing.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { here } from "./env.ts";
import { demoProgram } from "./servers.ts";
import { expect, test as base } from "./test.ts";

/** What went wrong on a page, as its network and its console tell it. */
export interface Watch {
  /** Answers from 400 on: "GET 404 /image/v2/info/usage". */
  refused: string[];
  /** Errors on the console, and exceptions. */
  errors: string[];
  /** Every request: "GET /image/versions". */
  requests: string[];
}

interface PerTest {
  watch: Watch;
}

interface PerWorker {
  another: string;
}

/** `test` whose pages are those of a demo cloud with these options. */
export function testOn(...options: string[]) {
  return testWith({}, ...options);
}

/** The same, with these settings of the cloud in `config.json`. */
export function testWith(settings: object, ...options: string[]) {
  return base.extend<PerTest, PerWorker>({
    another: [
      async ({}, use) => {
        const folder = mkdtempSync(join(tmpdir(), "sextant-another-"));
        const config = join(folder, "config.json");
        writeFileSync(config, JSON.stringify({ clouds: [{ name: "Another cloud", identity: "/identity/v3", ...settings }], edit_images: "owner" }));
        const dist = process.env.E2E_DIST ?? join(here, "..", "dist");
        const fixed = ["--memory", "--listen", "127.0.0.1:0", "--dist", dist, "--config", config];
        const server = spawn(demoProgram(), [...fixed, ...options], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
        const url = await new Promise<string>((resolve, reject) => {
          server.once("exit", (code) => reject(new Error(`the demo cloud ended with ${code}`)));
          server.stdout.on("data", (said) => {
            const address = /on (http:\S+)/.exec(String(said))?.[1];
            if (address) resolve(address);
          });
        });
        await use(url);
        server.kill("SIGTERM");
        rmSync(folder, { force: true, recursive: true });
      },
      { scope: "worker" },
    ],
    baseURL: async ({ another }, use) => use(another),
    watch: async ({ page }, use) => {
      const watch: Watch = { refused: [], errors: [], requests: [] };
      page.on("request", (request) => watch.requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
      page.on("response", (answer) => {
        const { pathname } = new URL(answer.url());
        if (answer.status() >= 400) watch.refused.push(`${answer.request().method()} ${answer.status()} ${pathname}`);
      });
      page.on("console", (message) => message.type() === "error" && watch.errors.push(message.text()));
      page.on("pageerror", (error) => watch.errors.push(String(error)));
      await use(watch);
    },
  });
}

export { expect };
