// The app for a path, as `cargo xtask dist --public-url /console/` builds it: E2E_SUBPATH_DIST names such a build; without one
// the run's own build is taken, with the path put into its page, the only file that names it.
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchFile } from "./files.ts";
import { distFolder } from "./servers.ts";
import { unique } from "./tenant.ts";

/** The documentation's own example. */
export const BASE = "/console/";

/** A folder with the app for this path; forget it once it has been copied. */
export function distUnder(base: string): { folder: string; forget(): void } {
  const built = process.env.E2E_SUBPATH_DIST;
  if (built) return { folder: built, forget() {} };
  const folder = scratchFile(unique("under-a-path"));
  cpSync(distFolder(), folder, { recursive: true });
  const page = join(folder, "index.html");
  // What Trunk writes for `--public-url`: the base, and before the name of each file.
  const text = readFileSync(page, "utf8").replace(/(href|src|data-base|data-script|data-wasm)="\//g, `$1="${base}`);
  writeFileSync(page, text);
  for (const ending of [".br", ".gz"]) rmSync(page + ending, { force: true });
  return { folder, forget: () => rmSync(folder, { force: true, recursive: true }) };
}
