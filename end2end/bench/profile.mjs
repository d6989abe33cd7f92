// Which functions of an instrumented app run until the list of images is there, and shortly after: `cargo xtask profile` calls
// this with the notes of the build, and takes the functions' keys from the standard output.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { origin, withCloud } from "./cloud.mjs";

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
