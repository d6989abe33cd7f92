// The app's upload beside curl's, of one file to one server, in turns; and what the browser's memory does meanwhile.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { randomFillSync } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { origin, token } from "./cloud.mjs";
import { signIn } from "./app.mjs";

const MiB = 1024 * 1024;

/** The best of so many turns each, in MiB/s, and the largest growth of the heap in bytes. */
export async function upload(browser, mebibytes, turns) {
  const folder = mkdtempSync(join(tmpdir(), "sextant-bench-"));
  const file = join(folder, "bench.raw");
  try {
    fill(file, mebibytes);
    const seconds = { curl: [], app: [] };
    let growth = 0;
    for (let turn = 0; turn < turns; turn++) {
      seconds.curl.push(await byCurl(file, turn));
      const app = await byApp(browser, file, turn);
      seconds.app.push(app.seconds);
      growth = Math.max(growth, app.growth);
    }
    const rate = (times) => mebibytes / Math.min(...times);
    return { curl: rate(seconds.curl), app: rate(seconds.app), growth };
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
  await fetch(`${origin}/image/v2/images/${id}`, { method: "DELETE", headers });
  return seconds;
}

async function byApp(browser, file, turn) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await signIn(page);
  await page.getByRole("main").getByRole("link", { name: "Create image", exact: true }).click();
  const picker = page.getByLabel("File", { exact: true }).and(page.locator("input[type=file]"));
  await picker.setInputFiles(file);
  await page.getByLabel("Image name", { exact: true }).fill(`app ${turn}`);
  await page.getByLabel("Format", { exact: true }).selectOption("raw");

  const start = await heap(devtools);
  const put = page.waitForRequest((request) => request.method() === "PUT" && request.url().endsWith("/file"), { timeout: 60_000 });
  await page.getByRole("button", { name: "Create image", exact: true }).click();
  const request = await put;
  let most = start;
  let over = false;
  const answered = request.response().then((response) => ((over = true), response));
  // What is garbage counts too: it is memory that the person's machine has to have.
  while (!over) {
    most = Math.max(most, await heap(devtools));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const response = await answered;
  if (response?.status() !== 204) throw new Error(`the app's upload ended with ${response?.status()}`);
  const { responseEnd } = request.timing();
  await context.close();
  return { seconds: responseEnd / 1000, growth: most - start };
}

/** JavaScript's heap and, with it, what lies outside: WebAssembly's memory and other buffers. */
async function heap(devtools) {
  const { usedSize, backingStorageSize = 0 } = await devtools.send("Runtime.getHeapUsage");
  return usedSize + backingStorageSize;
}
