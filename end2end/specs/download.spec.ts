import { createHash } from "node:crypto";
import { openSync, closeSync, readFileSync, readdirSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { alert, choose, expectAccessible, expectAllowed, expectRefused, heading, signIn } from "../support/app.ts";
import { cloud, scratch } from "../support/env.ts";
import { anyQcow2, raw } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

/** What the tray says about the download of an image. */
function entry(page: Page, name: string) {
  return page.getByRole("region", { name: "Downloads" }).getByRole("listitem").filter({ hasText: name });
}

/** As if the person had chosen a file of the suggested name: it lies in the browser's own file system. */
async function chooseByItself(page: Page) {
  await page.addInitScript(() => {
    Object.assign(window, {
      showSaveFilePicker: async (options: { suggestedName: string }) =>
        (await navigator.storage.getDirectory()).getFileHandle(options.suggestedName, { create: true }),
    });
  });
}

/** As in a browser that can't write to files. */
async function withoutFiles(page: Page) {
  await page.addInitScript(() => Object.assign(window, { showSaveFilePicker: undefined }));
}

/** The file that was written, or nothing: its SHA-512, and its length. */
async function written(page: Page, name: string) {
  return page.evaluate(async (name) => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle(name)).getFile();
    const hash = await crypto.subtle.digest("SHA-512", await file.arrayBuffer());
    return { bytes: file.size, sha512: [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  }, name);
}

async function press(page: Page) {
  await page.getByRole("main").getByRole("button", { name: "Download", exact: true }).click();
}

/** Lets so little through that a download of some megabytes is still running when the test is done with it; gives what lets all through again. */
async function throttle(page: Page): Promise<() => Promise<unknown>> {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const speed = (downloadThroughput: number) =>
    network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput, uploadThroughput: -1 });
  await speed(400_000);
  return () => speed(-1);
}

/** Where the demo cloud keeps an image's bytes. */
function stored(id: string): string {
  const data = join(scratch, "data");
  const found = readdirSync(data, { recursive: true }).map(String).find((path) => path.endsWith(id) && statSync(join(data, path)).isFile());
  return join(data, found ?? "missing");
}

test("an image is written to a file and verified on the way", { tag: "@cloud" }, async ({ page, member }) => {
  await chooseByItself(page);
  const file = raw(5_000_000);
  const image = await (await member.api()).createImage({ name: unique("saved"), disk_format: "raw" }, file);
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await signIn(page, member, `/images/${image.id}`);
  await press(page);
  await expect(entry(page, image.name)).toContainText("Verified: the SHA-512");
  await expectAccessible(page);
  const got = await written(page, `${image.name}.raw`);
  expect(got).toEqual({ bytes: 5_000_000, sha512: createHash("sha512").update(readFileSync(file)).digest("hex") });
  // The token goes in a header, never in an address.
  const tokens = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  for (const address of addresses) expect(tokens).not.toContain(new URL(address).search.slice(1) || "no query at all");
  await entry(page, image.name).getByRole("button", { name: "Dismiss" }).click();
  await expect(page.getByRole("region", { name: "Downloads" })).toHaveCount(0);
});

test("without files it is held in memory, which is said before", { tag: "@cloud" }, async ({ page, member }) => {
  await withoutFiles(page);
  const image = await (await member.api()).createImage({ name: unique("held") }, anyQcow2());
  await signIn(page, member, `/images/${image.id}`);
  await press(page);
  const dialog = page.getByRole("dialog", { name: "Download into memory?" });
  await expect(dialog).toContainText(/held in memory/);
  await dialog.getByText("Show the command").click();
  await expect(dialog).toContainText(`openstack image save --file ${image.name}.qcow2 ${image.id}`);
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download", exact: true }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe(`${image.name}.qcow2`);
  expect(readFileSync(await saved.path())).toEqual(readFileSync(anyQcow2()));
  await expect(entry(page, image.name)).toContainText("Verified");
});

test("without files more than 2 GB is refused, with the command line that does it", async ({ page, context, member }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await withoutFiles(page);
  const image = await (await member.api()).createImage({ name: unique("huge") }, anyQcow2());
  await page.route(`**/v2/images/${image.id}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), size: 2 ** 31 + 1 } });
  });
  await signIn(page, member, `/images/${image.id}`);
  await expect(page.getByText("2 GB", { exact: true }).first()).toBeVisible();
  await press(page);
  const dialog = page.getByRole("dialog", { name: "Too large for this browser" });
  const line = `openstack image save --file ${image.name}.qcow2 ${image.id}`;
  await expect(dialog).toContainText(line);
  await dialog.getByRole("button", { name: "Copy the command", exact: true }).click();
  await expect(dialog).toBeHidden();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(line);
  await expect(page.getByRole("region", { name: "Downloads" })).toHaveCount(0);
});

test("it goes on while another page is open, and can be cancelled: nothing of it is kept then", async ({ page, member }) => {
  await chooseByItself(page);
  const image = await (await member.api()).createImage({ name: unique("slow"), disk_format: "raw" }, raw(20_000_000));
  await signIn(page, member, `/images/${image.id}`);
  await throttle(page);
  await press(page);
  const bar = entry(page, image.name).getByRole("progressbar", { name: `Download of ${image.name}` });
  await expect(bar).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Images" }).click();
  await expect(heading(page, "Images")).toBeVisible();
  await expect(entry(page, image.name)).toContainText(/ of 19\.1/);
  await entry(page, image.name).getByRole("button", { name: "Cancel" }).click();
  await expect(entry(page, image.name)).toContainText("nothing of the image was kept");
  // The file that was chosen is there, and empty: nothing was put into it.
  expect((await written(page, `${image.name}.raw`)).bytes).toBe(0);
});

test("signing out while one runs asks first", async ({ page, member }) => {
  await chooseByItself(page);
  const image = await (await member.api()).createImage({ name: unique("running"), disk_format: "raw" }, raw(20_000_000));
  await signIn(page, member, `/images/${image.id}`);
  await throttle(page);
  await press(page);
  await expect(entry(page, image.name)).toContainText("Receiving");
  await choose(page, /^Account/, "Sign out");
  const dialog = page.getByRole("dialog", { name: "Sign out" });
  await expect(dialog).toContainText("One download is still running.");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(entry(page, image.name)).toContainText("Receiving");
  await choose(page, /^Account/, "Sign out");
  await dialog.getByRole("button", { name: "Sign out anyway" }).click();
  await expect(heading(page, "Sign in")).toBeVisible();
  await expect(page.getByRole("region", { name: "Downloads" })).toHaveCount(0);
});

test("a file that can't be written ends the receiving at once, and the next try makes it", async ({ page, member }) => {
  await chooseByItself(page);
  // As a disk that is full for the first try.
  await page.addInitScript(() => {
    const write = FileSystemWritableFileStream.prototype.write;
    Object.assign(window, { diskIsFull: true });
    FileSystemWritableFileStream.prototype.write = function (data) {
      return Reflect.get(window, "diskIsFull") ? Promise.reject(new DOMException("full", "QuotaExceededError")) : write.call(this, data);
    };
  });
  const file = raw(20_000_000);
  const image = await (await member.api()).createImage({ name: unique("full"), disk_format: "raw" }, file);
  await signIn(page, member, `/images/${image.id}`);
  // So slow that it would go on for a minute.
  const release = await throttle(page);
  const ended = page.waitForEvent("requestfailed", (request) => request.url().endsWith(`/${image.id}/file`));
  await press(page);
  await expect(alert(entry(page, image.name), "could not be written")).toBeVisible();
  await ended;
  await release();
  await page.evaluate(() => Object.assign(window, { diskIsFull: false }));
  await entry(page, image.name).getByRole("button", { name: "Retry", exact: true }).click();
  await expect(entry(page, image.name)).toContainText("Verified");
  await expect(entry(page, image.name)).toHaveCount(1);
  expect((await written(page, `${image.name}.raw`)).bytes).toBe(20_000_000);
});

test.describe("what is not what the cloud has", () => {
  test.skip(cloud === "real", "the store's files are changed behind the cloud's back");

  test("fewer bytes are a failure", async ({ page, member }) => {
    await chooseByItself(page);
    const image = await (await member.api()).createImage({ name: unique("short"), disk_format: "raw" }, raw(300_000));
    truncateSync(stored(image.id), 200_000);
    await signIn(page, member, `/images/${image.id}`);
    await press(page);
    await expect(alert(entry(page, image.name), /ended after 195 KB of 293 KB/)).toBeVisible();
    expect((await written(page, `${image.name}.raw`)).bytes).toBe(0);
  });

  test("other bytes are thrown away, loudly", async ({ page, member }) => {
    await chooseByItself(page);
    const image = await (await member.api()).createImage({ name: unique("flipped"), disk_format: "raw" }, raw(300_000));
    const file = openSync(stored(image.id), "r+");
    writeSync(file, Buffer.from("changed"), 0, 7, 1000);
    closeSync(file);
    await signIn(page, member, `/images/${image.id}`);
    await press(page);
    await expect(alert(entry(page, image.name), /not what the cloud has/)).toBeVisible();
    expect((await written(page, `${image.name}.raw`)).bytes).toBe(0);
  });
});

test("who may not is told why; an administrator may take a deactivated one", { tag: "@cloud" }, async ({ page, account, member }) => {
  const reader = await account("reader");
  const api = await member.api();
  const image = await api.createImage({ name: unique("refused") }, anyQcow2());
  await chooseByItself(page);
  await signIn(page, reader, `/images/${image.id}`);
  const button = page.getByRole("main").getByRole("button", { name: "Download", exact: true });
  await expectRefused(button, /reader/);

  await api.call("POST", `${api.image}/images/${image.id}/actions/deactivate`);
  await page.evaluate(() => sessionStorage.clear());
  await signIn(page, member, `/images/${image.id}`);
  await expectRefused(button, /Deactivated/);
  await page.evaluate(() => sessionStorage.clear());
  await signIn(page, await account("admin"), `/images/${image.id}`);
  await press(page);
  await expect(entry(page, image.name)).toContainText("Verified");
});

test("a refusal is shown in the cloud's own words", { tag: "@cloud" }, async ({ page, member }) => {
  await chooseByItself(page);
  const api = await member.api();
  const image = await api.createImage({ name: unique("late") }, anyQcow2());
  await signIn(page, member, `/images/${image.id}`);
  const button = page.getByRole("main").getByRole("button", { name: "Download", exact: true });
  await expectAllowed(button);
  // The page shall not learn of it before the press.
  await page.route(/\/v2\/images(\?|\/[^/]+$)/, (route) => route.abort());
  await api.call("POST", `${api.image}/images/${image.id}/actions/deactivate`);
  await press(page);
  await expect(alert(entry(page, image.name), "403")).toContainText("deactivated");
});
