// The app's upload beside curl's, of one file to one server, in turns; and what the browser's memory does meanwhile.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { randomFillSync } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { origin, token } from "./cloud.mjs";
import { signIn } from "./app.mjs";

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
    const seconds = { curl: [], app: [] };
    let later = 0;
    let verdict = 0;
    for (let turn = 0; turn < turns; turn++) {
      seconds.curl.push(await byCurl(file, turn));
      const app = await byApp(browser, file, `app ${turn}`, false);
      seconds.app.push(app.seconds);
      later = Math.max(later, app.later);
      verdict = Math.max(verdict, app.verdict);
    }
    // To ask for the heaps takes time of its own: a sixth of the rate on two cores.
    const { growth } = await byApp(browser, file, "app, watched", true);
    const rate = (times) => mebibytes / Math.min(...times);
    return { curl: rate(seconds.curl), app: rate(seconds.app), growth, later, verdict };
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

async function byCurl(file, turn) {
  const headers = { "X-Auth-Token": await token(), "Content-Type": "application/json" };
  const body = JSON.stringify({ name: `curl ${turn}`, disk_format: "raw", container_format: "bare" });
  const answer = await fetch(`${origin}/image/v2/images`, { method: "POST", headers, body });
  if (answer.status !== 201) throw new Error(`no image for curl: ${answer.status} ${await answer.text()}`);
  const { id } = await answer.json();
  const url = `${origin}/image/v2/images/${id}/file`;
  const options = ["--silent", "--show-error", "--fail", "--output", "-", "--write-out", "%{time_total}", "-T", file];
  const type = ["-H", "Content-Type: application/octet-stream", "-H", `X-Auth-Token: ${headers["X-Auth-Token"]}`];
  const seconds = Number(execFileSync("curl", [...options, ...type, url], { encoding: "utf8" }));
  await remove(id);
  return seconds;
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
    const response = await request.response();
    if (response?.status() !== 204) throw new Error(`the app's upload ended with ${response?.status()}`);
    await response.finished();
    const ended = Date.now();
    // The hash is worked out while the file is sent; what is left of it then comes on top.
    await page.getByText("Verified: bytes in the cloud match your file").first().waitFor({ timeout: 120_000 });
    return (Date.now() - ended) / 1000;
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
  const [later, growth] = await Promise.all([verify().finally(() => (isOver = true)), watch()]);
  const { responseEnd } = request.timing();
  await context.close();
  await remove(new URL(request.url()).pathname.split("/").at(-2));
  return { seconds: responseEnd / 1000, growth, later, verdict };
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
