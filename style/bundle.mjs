// Puts the style sheets together as target/style.css, without their comments and indentation. Trunk runs it before each
// build (hooks in Trunk.toml). The order of files matters little: tokens.css names the order of the layers.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = import.meta.dirname ?? "style";
const first = ["tokens.css"];
const names = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(".css"));
const rest = names.filter((name) => !first.includes(name)).sort();

const text = [...first, ...rest]
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .join("\n")
  .replace(/\/\*[\s\S]*?\*\//g, "")
  .replace(/\s*\n\s*/g, "\n")
  .trim();

const target = join(folder, "..", "target");
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "style.css"), text + "\n");
