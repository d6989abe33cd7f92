// Which functions of an instrumented app run until the list of images is there, and shortly after: `cargo xtask profile` calls
// this with the notes of the build, and takes the functions' keys from the standard output.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { origin, token, withCloud } from "./cloud.mjs";

const { chromium } = createRequire(import.meta.url)("playwright-core");
const { address, functions } = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** What people come with. What one of them needs is there for all. */
const PEOPLE = [
  { images: 0, user: "alice", password: "password", locale: "en-GB", width: 1440, colorScheme: "light" },
  { images: 0, user: "rita", password: "password", locale: "zh-CN", width: 390, colorScheme: "dark" },
  { images: 2000, user: "admin", password: "adminpass", locale: "zh-CN", width: 1440, colorScheme: "light" },
  { images: 2000, user: "alice", password: "password", locale: "en-GB", width: 390, colorScheme: "dark" },
  // As behind the documented proxies.
  { images: 0, config: "docs/deploy/config.json", user: "alice", password: "password", locale: "en-GB", width: 1440, colorScheme: "light" },
];
/** What images can be like, as far as it is read and a row shows it. The rows of a window are all that is drawn: no more than these. */
const KINDS = [
  { steps: 0 },
  { by: ["admin", "adminpass", "admin"], visibility: "public" },
  { steps: 0, disk_format: null, container_format: null },
  { steps: 2, os_distro: "ubuntu", architecture: "aarch64" },
  { name: "" },
  { name: "Ⅷ".repeat(200) },
  { disk_format: "ami", container_format: "ami", min_disk: 10, min_ram: 2048, protected: true, tags: ["one", "two"] },
  { visibility: "shared", image_type: "snapshot", block_device_mapping: '[{"volume_size": 1}]' },
  // What JSON has to escape, and what Python escapes besides.
  { description: "\"quoted\" \\ / \b\f\n\r\t \u0001 é 阿 \u202e 🦀" },
  { visibility: "community", os_hidden: true },
  { sextant_verified_at: "2026-11-23T20:00:00Z", sextant_verified_result: "passed", sextant_verified_flavor: "m1.tiny" },
  { sextant_verified_at: "2026-11-23T20:00:00Z", sextant_verified_result: "failed: no_root", sextant_verified_flavor: "m1.tiny" },
];
/** More than the first answer lists, made at once and not in the order of their names: to be sorted by more than a glance. */
const MIXED = Array.from({ length: 60 }, (_, at) => ({ steps: 0, name: `mixed ${(at * 37) % 60}` }));
/** Until the list has settled. */
const SETTLED_AFTER = 5_000;
/** A cloud lists at once, or takes longer than the page waits for it: then that is drawn without rows first. */
const LISTED_AFTER = [0, 1_000];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
const seen = new Set();
try {
  for (const person of PEOPLE) {
    await withCloud(person.images, async () => {
      const { locale, colorScheme, width } = person;
      const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      if (person.images > 0) await Promise.all(MIXED.map(make));
      for (const kind of KINDS) await make(kind);
      await signIn(page, person);
      // What waits for the rest of the code never gets it here, and is no part of the record.
      await page.addInitScript(() => {
        Object.defineProperty(globalThis, "sextantLater", { get: () => () => new Promise(() => {}), set: () => {} });
      });
      for (const delay of LISTED_AFTER) {
        if (delay > 0) await page.route("**/v2/images?*", (route) => setTimeout(() => route.continue(), delay));
        await page.goto("about:blank");
        await page.goto(`${origin}/images`);
        await page.getByRole("table").getByRole("link").first().waitFor();
        await page.waitForTimeout(SETTLED_AFTER);
        const notes = await page.evaluate(read, { address, count: functions.length });
        notes.forEach((has, index) => has && seen.add(functions[index]));
      }
      console.error(`   ${person.user}, ${locale}, ${width} px, ${person.images} images more: ${seen.size} functions so far`);
      await context.close();
    }, person.config);
  }
} finally {
  await browser.close();
}
console.log([...seen].join("\n"));

/** An image: without bytes (0 steps), with some (1), or taken out of use (2). */
async function make({ by = [], steps = 1, ...kind }) {
  const headers = { "X-Auth-Token": await token(...by) };
  const call = async (method, path, type, body) => {
    const options = { method, headers: { ...headers, "Content-Type": type }, body };
    const answer = await fetch(`${origin}/image/v2/images${path}`, options);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const image = { name: "kind", disk_format: "raw", container_format: "bare", ...kind };
  const { id } = await (await call("POST", "", "application/json", JSON.stringify(image))).json();
  if (steps > 0) await call("PUT", `/${id}/file`, "application/octet-stream", "bytes");
  if (steps > 1) await call("POST", `/${id}/actions/deactivate`, "application/json", "{}");
}

/** In any language, and into the project demo where there are several. */
async function signIn(page, { user, password }) {
  await page.goto(origin);
  await page.locator("input[autocomplete=username]").fill(user);
  await page.locator("input[type=password]").fill(password);
  await page.locator("button[type=submit]").click();
  const link = page.getByRole("table").getByRole("link").first();
  const project = page.getByRole("button", { name: "demo", exact: true });
  await link.or(project).first().waitFor();
  if (await project.isVisible()) await project.click();
  await link.waitFor();
}

/** In the page: the notes that the app has taken in its memory. */
async function read({ address, count }) {
  const { script, wasm } = document.querySelector('meta[name="sextant-app"]').dataset;
  // It has been started: this only hands out what it exports.
  const { memory } = await (await import(script)).default({ module_or_path: wasm });
  return [...new Uint8Array(memory.buffer, address, count)];
}
