// The launch wizard: how soon it can be used, whether one request waits for another, and what a thousand verdicts take.
import { origin } from "./cloud.mjs";
import { signIn, withPainted } from "./app.mjs";
import { middle } from "./list.mjs";
import { chain, isApi } from "./requests.mjs";

/** A hundred rows are drawn either way: what differs is the verdicts, of which a thousand are lost among the turns' differences. */
const [FEW, MANY] = [100, 10_000];

/**
 * In the middle of so many turns, in milliseconds: from a press of "Launch" in the list to a wizard in which nothing loads any
 * more, and the verdicts on a thousand flavors. `depth`: the most requests that waited for each other.
 */
export async function wizard(browser, turns) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await withPainted(context);
  const page = await context.newPage();
  await signIn(page);
  const opened = [];
  let depth = Infinity;
  for (let turn = 0; turn < turns; turn++) {
    await page.goto(`${origin}/images`);
    await page.getByRole("table", { name: "Images" }).getByRole("link", { name: /^Launch / }).first().waitFor();
    // The list has its own requests.
    await page.waitForTimeout(1000);
    const sent = [];
    const note = (request) => sent.push(request);
    page.on("requestfinished", note);
    opened.push(await page.evaluate(press, ["main table a[href*='launch?']", "main [data-state]"]));
    page.off("requestfinished", note);
    const times = sent.filter((request) => isApi({ url: request.url() })).map((request) => request.timing());
    // The least of all turns: the list asks now and then for images that change, which is nothing that the wizard waits for.
    depth = Math.min(depth, chain(times.map((time) => ({ timestamp: time.startTime, done: time.startTime + time.responseEnd }))));
  }
  // In turns, since the machine's pace changes meanwhile.
  const [few, many] = [[], []];
  for (let turn = 0; turn < 2 * turns; turn++) {
    few.push(await flavorStep(page, FEW));
    many.push(await flavorStep(page, MANY));
  }
  await context.close();
  const drawn = middle(many);
  // Less than nothing where it is less than the turns differ.
  return { opened: middle(opened), depth, verdicts: ((drawn - middle(few)) * 1000) / (MANY - FEW), drawn };
}

/** How long the step "Flavor" takes to be there, with so many flavors that are known already. */
async function flavorStep(page, count) {
  const flavors = Array.from({ length: count }, (_, at) => ({
    id: `f-${at}`,
    name: `flavor-${at}`,
    ram: 512 << (at % 8),
    vcpus: 1 + (at % 16),
    disk: 20 * (at % 4),
    swap: "",
    extra_specs: at % 5 ? {} : { "hw:cpu_policy": "dedicated" },
  }));
  await page.route("**/flavors/detail*", (route) => route.fulfill({ json: { flavors } }));
  await page.goto(`${origin}/images`);
  await page.getByRole("table", { name: "Images" }).getByRole("link", { name: /^Launch / }).first().click();
  await page.getByRole("heading", { name: "Launch instance", level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelector("main [data-state]") && !document.querySelector("main [data-state=loading]"));
  await page.waitForTimeout(500);
  const time = await page.evaluate(press, ["main a[href*='step=flavor']", "main input[type=radio]"]);
  await page.unroute("**/flavors/detail*");
  return time;
}

/** In the page: from a click on the one to the painted frame in which the other is there, and nothing loads. */
async function press([link, shown]) {
  const begin = performance.now();
  document.querySelector(link).click();
  const isThere = () => document.querySelector(shown) && !document.querySelector("main [data-state=loading]");
  return (await window.benchPainted(isThere)) - begin;
}
