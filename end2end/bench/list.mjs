// The list of ten thousand images: how soon all can be searched, what a keystroke and a scroll cost, what stays in memory.
import { origin } from "./cloud.mjs";
import { leave, signIn, withPainted } from "./app.mjs";

const SEARCHES = ["bulk-0", "bulk-01", "bulk-012", "bulk-0123", "bulk-012", "raw", "cirros", "ubuntu", "4", "42", "no such image"];

/** The figures of one list, in the app's browser without any throttle. */
export async function list(browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await withPainted(context);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await signIn(page);

  const searchable = [];
  for (let run = 0; run < 3; run++) {
    await leave(page);
    await page.goto(`${origin}/images`);
    // The count says "10,0xx images" once everything is there, and nothing is loading any more.
    await page.waitForFunction(() => /^[\d,]+ images$/.test(document.querySelector(".list-counts [role=status]")?.textContent ?? ""), undefined, { timeout: 60_000 });
    searchable.push(await page.evaluate(() => performance.now()));
  }
  const keys = [];
  const box = page.getByRole("searchbox", { name: "Search images" });
  await box.focus();
  for (const text of SEARCHES) {
    for (const length of [text.length, Math.max(1, text.length - 2)]) keys.push(await page.evaluate(keystroke, text.slice(0, length)));
    // The address follows the typing after a pause; it must not fall into the next measurement.
    await page.waitForTimeout(400);
  }
  await page.evaluate(keystroke, "");
  await page.waitForTimeout(500);
  const scroll = await page.evaluate(scrollThrough);
  await devtools.send("HeapProfiler.enable");
  await devtools.send("HeapProfiler.collectGarbage");
  // WebAssembly's memory lies outside JavaScript's heap.
  const { usedSize, backingStorageSize = 0 } = await devtools.send("Runtime.getHeapUsage");
  await context.close();
  return {
    searchable: middle(searchable),
    key: percentile(keys, 0.95),
    keyMiddle: middle(keys),
    ...scroll,
    heap: usedSize + backingStorageSize,
  };
}

/** In the page: from the input to the frame that shows its result. */
function keystroke(text) {
  return new Promise((resolve) => {
    const box = document.querySelector("input[type=search]");
    requestAnimationFrame(() =>
      setTimeout(async () => {
        const begin = performance.now();
        box.value = text;
        box.dispatchEvent(new InputEvent("input", { bubbles: true }));
        resolve((await window.benchPainted()) - begin);
      }),
    );
  });
}

/** In the page: by wheel-like steps and by jumps, to the end and back; the longest frame and the most rows. */
async function scrollThrough() {
  const frames = [];
  let most = 0;
  const step = async (down) => {
    const begin = performance.now();
    scrollBy(0, down);
    frames.push((await window.benchPainted()) - begin);
    most = Math.max(most, document.querySelectorAll("tbody tr").length);
  };
  for (let at = 0; at < 300; at++) await step(120);
  for (let at = 0; at < 100; at++) await step(800);
  for (let at = 0; at < 20; at++) await step(at % 2 ? -20_000 : 35_000);
  frames.sort((a, b) => a - b);
  return { longestFrame: frames.at(-1), frame95: frames[Math.floor(frames.length * 0.95)], rows: most };
}

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const percentile = (numbers, share) => sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
/** The one in the middle. */
export const middle = (numbers) => percentile(numbers, 0.5);
