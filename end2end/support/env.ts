// Where the suite runs: on a demo cloud of its own (the default), or on a cloud that somebody has started.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder end2end/. */
export const here = dirname(dirname(fileURLToPath(import.meta.url)));

/** "demo": this run starts the demo cloud itself. "real": `cargo xtask cloud test` has started everything. */
export const cloud = process.env.E2E_CLOUD === "real" ? "real" : "demo";

/** Whether the app reaches every service through its own origin: a page then has nothing to ask of any other. */
export const sameOrigin = process.env.E2E_WAY === "proxy";

/**
 * The app's port; the next one serves the app once more, on the one after that nobody answers. Behind the proxy the demo cloud
 * has the third; else it serves the app itself.
 */
export const port = Number(process.env.E2E_PORT ?? 5090);

/** Where the app is. */
export const baseURL = process.env.E2E_BASE_URL ?? `http://127.0.0.1:${port}`;

/** The app once more, on an origin of its own: two clouds to choose from ("Nowhere", "Demo cloud"), owners may edit. */
export const otherURL = `http://127.0.0.1:${port + 1}`;

/** The address of a cloud that does not answer. */
export const nowhereURL = `http://127.0.0.1:${port + 2}`;

/** The demo cloud that this run starts, as the tests' own API calls reach it. */
export const cloudURL = sameOrigin ? `http://127.0.0.1:${port + 3}` : baseURL;

/** Keystone, as the tests' own API calls reach it. */
export const keystoneURL = process.env.E2E_KEYSTONE_URL ?? `${cloudURL}/identity/v3`;

/** The cloud's administrator: the seed of either cloud makes this account. */
export const admin = {
  user: process.env.E2E_ADMIN_USER ?? "admin",
  password: process.env.E2E_ADMIN_PASSWORD ?? "adminpass",
  project: process.env.E2E_ADMIN_PROJECT ?? "admin",
};

/** Scratch files of this run (disk images, the demo cloud's data). */
export const scratch = process.env.E2E_SCRATCH ?? join(tmpdir(), `sextant-end2end-${port}`);

/** Chromium: from the environment, else the first one on the PATH, best without a window. Playwright's own download is never used. */
export function chromium(): string {
  const named = process.env.CHROMIUM;
  if (named) return named;
  for (const name of ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]) {
    for (const folder of (process.env.PATH ?? "").split(":")) {
      const path = join(folder, name);
      if (folder && existsSync(path)) return path;
    }
  }
  throw new Error("No Chromium on the PATH. Install one, or name it: CHROMIUM=/path/to/chromium");
}

/** Whether a program can be run here. */
export function has(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch (error) {
    // One that knows no such option has run all the same: openssl.
    return typeof (error as { status?: unknown }).status === "number";
  }
}
