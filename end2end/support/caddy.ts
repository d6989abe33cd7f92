// Caddy with docs/deploy/Caddyfile, of which only the addresses and the folder are changed.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { cloudURL, here } from "./env.ts";
import { scratchFile } from "./files.ts";
import { demoServices, distFolder } from "./servers.ts";
import { distUnder } from "./subpath.ts";
import { unique } from "./tenant.ts";

/** Caddy's program, or nothing: named by SEXTANT_CADDY, installed, or unpacked by `cargo xtask setup`. */
export function caddyProgram(): string | undefined {
  const unpacked = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "sextant-tools/web-servers/usr/bin");
  const folders = [...(process.env.PATH ?? "").split(delimiter), unpacked].filter(Boolean);
  return [process.env.SEXTANT_CADDY, ...folders.map((folder) => join(folder, "caddy"))].find((path) => path && existsSync(path));
}

interface Site {
  /** The path under which the app is served. */
  base?: string;
  /** Services elsewhere than at the run's demo cloud. */
  upstreams?: Record<string, string>;
}

/** The documented file for the run's demo cloud, whose services are not at the root of their address. */
function caddyfile(listen: string, root: string, { base = "/", upstreams }: Site): string {
  let text = readFileSync(join(here, "../docs/deploy/Caddyfile"), "utf8");
  const replace = (old: string, by: string) => {
    if (text.split(old).length !== 2) throw new Error(`the Caddyfile has not exactly one ${old}`);
    text = text.replace(old, () => by);
  };
  replace("console.example.org {", `http://${listen} {`);
  replace("root * /var/www/sextant", `root * ${root}`);
  const ports = { identity: 5000, image: 9292, compute: 8774, network: 9696, "block-storage": 8776 };
  const services = { ...demoServices(cloudURL), ...upstreams };
  for (const [name, port] of Object.entries(ports)) {
    const { host, pathname } = new URL(services[name]);
    replace(`reverse_proxy 127.0.0.1:${port}\n`, `rewrite * ${pathname.replace(/\/$/, "")}{uri}\n\t\treverse_proxy ${host}\n`);
  }
  if (base !== "/") {
    // The file's own last lines: one is added, the other takes the place of what stands above.
    const [redirect, pages] = ["redir ", "try_files "].map((start) => text.split("\n").find((line) => line.startsWith(`#     ${start}`))?.slice(6));
    if (!redirect || !pages) throw new Error("the Caddyfile has no lines for a path");
    replace("\t\t\ttry_files {path} /index.html\n", `\t\t\t${pages}\n`);
    replace(`root * ${root}\n`, `root * ${root}\n\t${redirect}\n`);
  }
  // Its own port for orders would be the same for all Caddies of a machine.
  return `{\n\tadmin off\n}\n${text}`;
}

/** Starts one; `stop` it. It may not answer yet. */
export function caddy(listen: string, site: Site = {}): { stop(): Promise<void> } {
  const program = caddyProgram();
  if (!program) throw new Error("Caddy is missing");
  const folder = scratchFile(unique("caddy"));
  const root = join(folder, "site");
  const app = join(root, site.base ?? "/");
  mkdirSync(folder);
  const dist = site.base ? distUnder(site.base) : { folder: distFolder(), forget() {} };
  cpSync(dist.folder, app, { recursive: true });
  dist.forget();
  cpSync(join(here, "../docs/deploy/config.json"), join(app, "config.json"));
  const config = join(folder, "Caddyfile");
  writeFileSync(config, caddyfile(listen, root, site));
  const child = spawn(program, ["run", "--adapter", "caddyfile", "--config", config], {
    stdio: "ignore",
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
