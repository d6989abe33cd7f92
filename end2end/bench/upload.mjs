// The app's upload beside curl's and the browser's own, of one file to one server, in turns; and what the browser's memory does meanwhile.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { randomFillSync } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { origin, token } from "./cloud.mjs";
import { leave, signIn } from "./app.mjs";

const MiB = 1024 * 1024;

/**
 * The best of so many turns each, in MiB/s; how long after its upload a file was verified at worst, in seconds; the largest
 * growth of the heaps (the page's and its workers') in bytes; how soon a chosen file had its verdict, in milliseconds.
 */
export async function upload(browser, mebibytes, turns) {
  const folder = mkdtempSync(join(tmpdir(), "sextant-bench-"));
  const file = join(folder, "bench.raw");
  try {
    fill(file, mebibytes);
    const seconds = { curl: [], browser: [], app: [] };
    let later = 0;
    let verdict = 0;
    for (let turn = 0; turn < turns; turn++) {
      seconds.curl.push(await byCurl(file, turn));
      seconds.browser.push(await byBrowser(browser, file, turn));
      const app = await byApp(browser, file, `app ${turn}`, false);
      seconds.app.push(app.seconds);
      later = Math.max(later, app.later);
      verdict = Math.max(verdict, app.verdict);
    }
    // To ask for the heaps takes time of its own: a sixth of the rate on two cores.
    const { growth } = await byApp(browser, file, "app, watched", true);
    const rate = (times) => mebibytes / Math.min(...times);
    return { curl: rate(seconds.curl), browser: rate(seconds.browser), app: rate(seconds.app), growth, later, verdict };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Bytes that neither a file system nor a network can make less of. */
function fill(file, mebibytes) {
  const handle = openSync(file, "w");
  const block = Buffer.alloc(16 * MiB);
  for (let written = 0; written < mebibytes; written += 16) {
    randomFillSync(block);
    writeSync(handle, block, 0, Math.min(16, mebibytes - written) * MiB);
  }
  closeSync(handle);
}

/** The record of a new image; where its bytes go, and the token to go with them. */
async function record(name) {
  const headers = { "X-Auth-Token": await token(), "Content-Type": "application/json" };
  const body = JSON.stringify({ name, disk_format: "raw", container_format: "bare" });
  const answer = await fetch(`${origin}/image/v2/images`, { method: "POST", headers, body });
  if (answer.status !== 201) throw new Error(`no image for ${name}: ${answer.status} ${await answer.text()}`);
  const { id } = await answer.json();
  return { id, url: `${origin}/image/v2/images/${id}/file`, headers: { ...headers, "Content-Type": "application/octet-stream" } };
}

async function byCurl(file, turn) {
  const { id, url, headers } = await record(`curl ${turn}`);
  const options = ["--silent", "--show-error", "--fail", "--output", "-", "--write-out", "%{time_total}", "-T", file];
  const sent = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const seconds = Number(execFileSync("curl", [...options, ...sent, url], { encoding: "utf8" }));
  await remove(id);
  return seconds;
}

/** A page that does nothing but send: faster than that no page can be. */
async function byBrowser(browser, file, turn) {
  const { id, url, headers } = await record(`browser ${turn}`);
  const context = await browser.newContext();
  const page = await context.newPage();
  await leave(page);
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("input"), { type: "file" })));
  await page.locator("input").setInputFiles(file);
  const put = page.waitForRequest((request) => request.method() === "PUT");
  await page.evaluate(
    ({ url, headers }) => {
      const request = new XMLHttpRequest();
      request.open("PUT", url);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.send(document.querySelector("input").files[0]);
    },
    { url, headers },
  );
  const seconds = await taken(await put);
  await context.close();
  await remove(id);
  return seconds;
}

/** From the first byte of a request to the last one of its answer, seconds. */
async function taken(request) {
  const response = await request.response();
  if (response?.status() !== 204) throw new Error(`an upload ended with ${response?.status()}`);
  await response.finished();
  return request.timing().responseEnd / 1000;
}

/** What one turn has written is not still being written to the disk in the next. */
async function remove(id) {
  const answer = await fetch(`${origin}/image/v2/images/${id}`, { method: "DELETE", headers: { "X-Auth-Token": await token() } });
  if (answer.status !== 204) throw new Error(`image ${id} was not deleted: ${answer.status}`);
}

async function byApp(browser, file, name, isWatched) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await signIn(page);
  await page.getByRole("main").getByRole("link", { name: "Create image", exact: true }).click();
  const picker = page.getByLabel("File", { exact: true }).and(page.locator("input[type=file]"));
  await picker.waitFor({ state: "attached" });
  // Nobody has chosen a file sooner than that after the page came up.
  await page.waitForTimeout(1000);
  // In the page itself: from the choice to the words.
  await page.evaluate(() => {
    document.addEventListener("change", () => (window.chosenAt = performance.now()), { capture: true, once: true });
    new MutationObserver((_, observer) => {
      if (!document.body.textContent.includes("Content: ")) return;
      window.verdictAfter = performance.now() - window.chosenAt;
      observer.disconnect();
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await picker.setInputFiles(file);
  await page.waitForFunction(() => window.verdictAfter !== undefined);
  const verdict = await page.evaluate(() => window.verdictAfter);
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByLabel("Format", { exact: true }).selectOption("raw");

  const heap = isWatched ? await heaps(devtools) : async () => 0;
  const start = await heap();
  const put = page.waitForRequest((request) => request.method() === "PUT" && request.url().endsWith("/file"), { timeout: 60_000 });
  await page.getByRole("button", { name: "Create image", exact: true }).click();
  const request = await put;
  let isOver = false;
  const verify = async () => {
    const seconds = await taken(request);
    const ended = Date.now();
    // The hash is worked out while the file is sent; what is left of it then comes on top.
    await page.getByText("Verified: bytes in the cloud match your file").first().waitFor({ timeout: 120_000 });
    return { seconds, later: (Date.now() - ended) / 1000 };
  };
  // What is garbage counts too: it is memory that the person's machine has to have.
  const watch = async () => {
    let most = start;
    while (isWatched && !isOver) {
      most = Math.max(most, await heap());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return most - start;
  };
  const [{ seconds, later }, growth] = await Promise.all([verify().finally(() => (isOver = true)), watch()]);
  await context.close();
  await remove(new URL(request.url()).pathname.split("/").at(-2));
  return { seconds, growth, later, verdict };
}

/** Measures JavaScript's heaps and, with them, what lies outside: WebAssembly's memory and other buffers. The page's and its workers'. */
async function heaps(devtools) {
  const workers = new Set();
  const waiting = new Map();
  let next = 0;
  devtools.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => targetInfo.type === "worker" && workers.add(sessionId));
  devtools.on("Target.detachedFromTarget", ({ sessionId }) => workers.delete(sessionId));
  devtools.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result } = JSON.parse(message);
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  await devtools.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const sum = (usage) => (usage?.usedSize ?? 0) + (usage?.backingStorageSize ?? 0);
  const ofWorker = (sessionId) =>
    new Promise((resolve) => {
      const id = ++next;
      waiting.set(id, resolve);
      const message = JSON.stringify({ id, method: "Runtime.getHeapUsage" });
      devtools.send("Target.sendMessageToTarget", { sessionId, message }).catch(() => resolve(undefined));
      // A worker that reads a file answers when it has read a piece; one that has ended, never.
      setTimeout(() => resolve(undefined), 2000);
    });
  return async () => {
    const all = await Promise.all([devtools.send("Runtime.getHeapUsage"), ...[...workers].map(ofWorker)]);
    return all.reduce((total, usage) => total + sum(usage), 0);
  };
}
