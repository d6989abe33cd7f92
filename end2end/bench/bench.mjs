// The figures of spec/quality.md's budgets, as one table: `cargo xtask bench` calls this after a release build.
// It measures and prints; it never fails for a figure, since machines differ.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { withCloud } from "./cloud.mjs";
import { firstRow } from "./first-row.mjs";
import { list } from "./list.mjs";
import { pace } from "./pace.mjs";
import { upload } from "./upload.mjs";
import { wizard } from "./wizard.mjs";

const { chromium } = createRequire(import.meta.url)("playwright-core");

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    "upload-mib": { type: "string", default: "1024" },
    "upload-turns": { type: "string", default: "2" },
    // What benches/flavor_verdicts.rs says, milliseconds.
    "native-verdicts": { type: "string" },
  },
});
const runs = Number(values.runs);
const size = Number(values["upload-mib"]);

const options = {
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
};
const browser = await chromium.launch(options);
const rows = [];
const row = (what, value, budget, holds) => rows.push({ what, value, budget, verdict: holds ? "holds" : "EXCEEDED" });
try {
  const paces = [await pace(browser)];
  const [few, launch] = await withCloud(0, async () => {
    console.log("   first row, a few images …");
    const first = await firstRow(options, runs);
    console.log("   the launch wizard …");
    return [first, await wizard(browser, runs)];
  });
  paces.push(await pace(browser));
  const [many, large] = await withCloud(10_000, async () => {
    console.log("   first row, 10,000 images …");
    const first = await firstRow(options, runs);
    console.log("   search and scroll, 10,000 images …");
    return [first, await list(browser)];
  });
  paces.push(await pace(browser));
  console.log(`   upload of ${size} MiB beside curl …`);
  const sent = await withCloud(0, () => upload(browser, size, Number(values["upload-turns"])));
  paces.push(await pace(browser));

  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  const ms = (time) => `${time.toFixed(0)} ms`;
  row("a fixed piece of work, before, between, after", `${paces.map((time) => time.toFixed(0)).join(" ")} ms`, "–", true);
  row("downloaded until the first row, cold", kilobytes(few.cold.bytes), "≤ 300 kB", few.cold.bytes <= 300_000);
  row("  of which files of the app", `${kilobytes(few.cold.fileBytes)} in ${few.cold.files}`, "–", true);
  row("API calls one after the other before it", String(few.cold.depth), "≤ 1", few.cold.depth <= 1);
  for (const call of few.cold.api) row(`  ${call}`, "", "–", true);
  row("first row, cold (10 Mbit/s, 40 ms, CPU ×4)", ms(few.cold.milliseconds), "≤ 1000 ms", few.cold.milliseconds <= 1000);
  row("first row, warm", ms(few.warm.milliseconds), "≤ 250 ms", few.warm.milliseconds <= 250);
  row("  in a process that is started for it", ms(few.alone.milliseconds), "–", true);
  row("first row of 10,000 images, cold", ms(many.cold.milliseconds), "≤ 1000 ms", many.cold.milliseconds <= 1000);
  row("first row of 10,000 images, warm", ms(many.warm.milliseconds), "≤ 250 ms", many.warm.milliseconds <= 250);
  row("10,000 images: all searchable", ms(large.searchable), "≤ 3000 ms", large.searchable <= 3000);
  row("10,000 images: keystroke to paint, p95", ms(large.key), "≤ 50 ms", large.key <= 50);
  row("  the keystroke in the middle", ms(large.keyMiddle), "–", true);
  row("10,000 images: longest frame while scrolling", ms(large.longestFrame), "≤ 50 ms", large.longestFrame <= 50);
  row("  frame, p95", ms(large.frame95), "–", true);
  row("10,000 images: rows in the page", String(large.rows), "≤ 200", large.rows <= 200);
  row("10,000 images: heap", `${(large.heap / 2 ** 20).toFixed(0)} MiB`, "≤ 120 MiB", large.heap <= 120 * 2 ** 20);
  row("wizard: from \"Launch\" until nothing loads", ms(launch.opened), "≤ 500 ms", launch.opened <= 500);
  row("  its API calls one after the other", String(launch.depth), "≤ 1", launch.depth <= 1);
  const native = Number(values["native-verdicts"]);
  if (values["native-verdicts"]) row("verdicts on 1,000 flavors, native", `${native.toFixed(1)} ms`, "≤ 5 ms", native <= 5);
  row("verdicts on 1,000 flavors, in the browser", `${launch.verdicts.toFixed(1)} ms`, "≤ 5 ms", launch.verdicts <= 5);
  row("  on 10,000, and a hundred of them drawn", ms(launch.drawn), "–", true);
  row("upload, curl -T", `${sent.curl.toFixed(0)} MiB/s`, "–", true);
  row("upload, a page that does nothing else", `${sent.browser.toFixed(0)} MiB/s`, "–", true);
  row("upload, the app", `${sent.app.toFixed(0)} MiB/s`, "–", true);
  row("upload, the app's rate to curl's", (sent.app / sent.curl).toFixed(2), "≥ 0.95", sent.app / sent.curl >= 0.95);
  row("hash compared after the upload's end", `${sent.later.toFixed(1)} s`, "–", true);
  row("file chosen to verdict", ms(sent.verdict), "≤ 50 ms", sent.verdict <= 50);
  row("heap growth during the upload", `${(sent.growth / 2 ** 20).toFixed(1)} MiB`, "≤ 32 MiB", sent.growth <= 2 ** 25);
} finally {
  await browser.close();
}

console.log("");
for (const { what, value, budget, verdict } of rows) {
  console.log(`   ${what.padEnd(46)} ${value.padStart(14)}   ${budget.padEnd(11)} ${budget === "–" ? "" : verdict}`);
}
