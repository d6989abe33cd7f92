// How long until the first image is on the screen, and what was downloaded for it: signed in already, cold and warm.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { origin } from "./cloud.mjs";
import { leave, signIn, withPainted } from "./app.mjs";
import { chain, isApi } from "./requests.mjs";

const { chromium } = createRequire(import.meta.url)("playwright-core");

const SLOW = { offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 };
const FAST = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };

/** Medians of so many loads each, in a profile on the disk: without one Chromium keeps no compiled script, as it does for people. */
export async function firstRow(options, runs) {
  const profile = mkdtempSync(join(tmpdir(), "sextant-bench-"));
  const context = await chromium.launchPersistentContext(profile, { ...options, viewport: { width: 1440, height: 900 } });
  try {
    return await measure(context, runs);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function measure(context, runs) {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await withPainted(page);
  await page.addInitScript(watchForFirstRow);
  await signIn(page);

  const cold = [];
  await throttle(devtools, SLOW, 4);
  for (let run = 0; run < runs; run++) {
    await leave(page);
    await devtools.send("Network.clearBrowserCache");
    cold.push(await load(page, devtools));
  }
  await throttle(devtools, FAST, 1);
  // The first one fills the cache.
  await leave(page);
  await load(page, devtools);
  const warm = [];
  const alone = [];
  for (let run = 0; run < runs; run++) {
    await leave(page);
    warm.push(await load(page, devtools));
    // From no site: the browser first starts a process for this one, which no app can do anything about.
    await page.goto("about:blank");
    alone.push(await load(page, devtools));
  }
  return { cold: median(cold), warm: median(warm), alone: median(alone) };
}

/** One load of the list, with what went over the network until its first row was there. */
async function load(page, devtools) {
  const requests = new Map();
  const sent = ({ requestId, request, type, timestamp }) =>
    requests.set(requestId, { url: request.url, method: request.method, type, timestamp, bytes: 0 });
  const got = ({ requestId, encodedDataLength, timestamp }) =>
    requests.has(requestId) && Object.assign(requests.get(requestId), { bytes: encodedDataLength, done: timestamp });
  const cached = ({ requestId }) => requests.has(requestId) && (requests.get(requestId).cached = true);
  devtools.on("Network.requestWillBeSent", sent);
  devtools.on("Network.loadingFinished", got);
  devtools.on("Network.requestServedFromCache", cached);
  await page.goto(`${origin}/images`);
  const time = await page.waitForFunction(() => window.benchFirstRow, undefined, { timeout: 60_000 });
  const milliseconds = await time.jsonValue();
  devtools.off("Network.requestWillBeSent", sent);
  devtools.off("Network.loadingFinished", got);
  devtools.off("Network.requestServedFromCache", cached);

  const all = [...requests.values()];
  const begin = Math.min(...all.map((request) => request.timestamp));
  const before = all.filter((request) => request.done && request.done - begin <= milliseconds / 1000);
  const files = before.filter((request) => !isApi(request));
  return {
    milliseconds,
    bytes: sum(before.filter((request) => !request.cached).map((request) => request.bytes)),
    fileBytes: sum(files.filter((request) => !request.cached).map((request) => request.bytes)),
    files: files.length,
    depth: chain(before.filter((request) => isApi(request) && request.method !== "OPTIONS")),
    api: before.filter(isApi).map(({ method, url }) => `${method} ${url.slice(origin.length)}`),
  };
}

/** In the page: the time from the start of the navigation until a row with a link has been painted. */
async function watchForFirstRow() {
  window.benchFirstRow = await window.benchPainted(() => document.querySelector("table tbody tr a[href]"));
}

async function throttle(devtools, network, slowdown) {
  await devtools.send("Network.emulateNetworkConditions", network);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** The run in the middle, by its time. */
function median(runs) {
  return runs.sort((a, b) => a.milliseconds - b.milliseconds)[Math.floor(runs.length / 2)];
}
