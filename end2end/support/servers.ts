// What `npx playwright test` starts for itself: a demo cloud that also serves the app, and the app once more by itself:
// on an origin of its own, with a cloud that can't be reached and the demo cloud across origins, where owners may edit.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseURL, here, keystoneURL, nowhereURL, port, scratch, otherURL } from "./env.ts";

interface Server {
  command: string;
  url: string;
  cwd: string;
  reuseExistingServer: boolean;
  gracefulShutdown: { signal: "SIGTERM"; timeout: number };
  stdout: "ignore";
  stderr: "pipe";
}

/** Nothing where E2E_BASE_URL names an app that is already served. */
export function servers(): Server[] {
  // The configuration is read again in each worker process: only the first reading starts anything.
  if (process.env.E2E_BASE_URL || process.env.TEST_WORKER_INDEX) return [];
  const root = join(here, "..");
  const dist = process.env.E2E_DIST ?? join(root, "dist");
  if (!existsSync(join(dist, "index.html"))) throw new Error(`${dist} has no app in it: build it with \`cargo xtask dist\``);
  const demo = demoProgram();
  mkdirSync(scratch, { recursive: true });
  const own = config("own", {}, [{ name: "Demo cloud", identity: "/identity/v3" }]);
  const two = config("two", { edit_images: "owner" }, [
    { name: "Nowhere", identity: `${nowhereURL}/identity/v3` },
    { name: "Demo cloud", identity: keystoneURL },
  ]);
  const { host } = new URL(baseURL);
  const other = new URL(otherURL).host;
  const listen = `--listen ${host} --allow-origin ${otherURL}`;
  return [
    server(`"${demo}" ${listen} --data "${join(scratch, "data")}" --reset --dist "${dist}" --config "${own}"`, baseURL),
    server(
      `"${demo}" app --listen ${other} --dist "${dist}" --config "${two}" --connect-src ${baseURL} ${nowhereURL}`,
      otherURL,
    ),
  ];
}

function server(command: string, url: string): Server {
  return {
    command,
    url: `${url}/config.json`,
    cwd: here,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 3000 },
    stdout: "ignore",
    stderr: "pipe",
  };
}

/** The demo cloud's binary: named by SEXTANT_DEMO, else what cargo has built, the optimised one first. */
export function demoProgram(): string {
  const built = ["release", "debug"].map((profile) => join(here, "..", "target", profile, "sextant-demo"));
  const found = [process.env.SEXTANT_DEMO, ...built].find((path) => path && existsSync(path));
  if (!found) throw new Error("No demo cloud: build it with `cargo build --release -p sextant-demo`, or name it in SEXTANT_DEMO");
  return found;
}

function config(name: string, settings: object, clouds: object[]): string {
  const path = join(scratch, `config-${name}.json`);
  writeFileSync(path, JSON.stringify({ clouds, ...settings }, null, 2));
  return path;
}
