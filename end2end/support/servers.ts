// What `npx playwright test` starts for itself: a demo cloud that also serves the app, and the app once more by itself:
// on an origin of its own, with a cloud that can't be reached and the demo cloud across origins, where owners may edit.
// With E2E_WAY=proxy, nginx as documented serves the app and is all that the app sees of the cloud.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseURL, cloudURL, here, keystoneURL, nowhereURL, otherURL, sameOrigin, scratch } from "./env.ts";

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
  const dist = distFolder();
  if (!existsSync(join(dist, "index.html"))) throw new Error(`${dist} has no app in it: build it with \`cargo xtask dist\``);
  const demo = demoProgram();
  mkdirSync(scratch, { recursive: true });
  const own = config("own", {}, [{ name: "Demo cloud", identity: "/identity/v3" }]);
  const two = config("two", { edit_images: "owner" }, [
    { name: "Nowhere", identity: `${nowhereURL}/identity/v3` },
    { name: "Demo cloud", identity: keystoneURL },
  ]);
  const { host } = new URL(cloudURL);
  const other = new URL(otherURL).host;
  const listen = `--listen ${host} --allow-origin ${otherURL}`;
  return [
    server(`"${demo}" ${listen} --data "${join(scratch, "data")}" --reset --dist "${dist}" --config "${own}"`, cloudURL),
    server(
      `"${demo}" app --listen ${other} --dist "${dist}" --config "${two}" --connect-src ${cloudURL} ${nowhereURL}`,
      otherURL,
    ),
    ...(sameOrigin ? [proxy(dist)] : []),
  ];
}

/** The built app. */
export function distFolder(): string {
  return process.env.E2E_DIST ?? join(here, "../dist");
}

/** The demo cloud's services behind the documented nginx, at the documented paths. */
function proxy(dist: string): Server {
  const documented = join(here, "../docs/deploy/config.json");
  const services = Object.entries(demoServices(cloudURL)).map(([name, url]) => `--${name} ${url}`);
  const listen = new URL(baseURL).host;
  return server(
    `node deploy/nginx.mjs --listen ${listen} --dist "${dist}" --config "${documented}" ${services.join(" ")}`,
    baseURL,
  );
}

/** Where a demo cloud's services are, as the proxy's configuration names them. */
export function demoServices(cloud: string): Record<string, string> {
  const paths = { identity: "identity", image: "image", compute: "compute", network: "networking", "block-storage": "volume" };
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `${cloud}/${path}/`]));
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
