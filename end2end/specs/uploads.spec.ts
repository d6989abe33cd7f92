import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, closeSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import type { Page, Route } from "@playwright/test";
import { alert, choose, expectAccessible, expectRefused, fillSignIn, heading, holdBack, pickFiles, rowOf, signIn, throttleUploads, tokensOf, upload } from "../support/app.ts";
import { front } from "../support/broken.ts";
import { here } from "../support/env.ts";
import { raw, scratchFile, sha512, sparse } from "../support/files.ts";
import { demoProgram } from "../support/servers.ts";
import { type Steward, unique } from "../support/tenant.ts";
import { type Account, expect, test } from "../support/test.ts";

const MiB = 1024 * 1024;
const create = { name: "Create image", exact: true };

/** Fills the form with a file and a name, and presses the button. */
async function begin(page: Page, file: string, name: string): Promise<void> {
  await pickFiles(page, file);
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", create).click();
  await expect(heading(page, "Images")).toBeVisible();
}

/** Begins a slow upload in a tab, and closes the tab while it sends. */
async function beginAndCloseTab(page: Page, file: string, name: string): Promise<void> {
  await throttleUploads(page, 1 * MiB);
  await begin(page, file, name);
  await expect(upload(page, name)).toContainText("Sending");
  // Left before it is closed: closing would first lift the brake. Leaving can, too, so what is sent is large.
  page.once("dialog", (dialog) => dialog.accept());
  await page.goto("about:blank");
  await page.close();
}

/** Leaves an upload that a closed tab cut off, for the next tab to find. */
async function cutOff(page: Page, member: Account, file: string, what: string) {
  const name = unique(what);
  await signIn(page, member, "/images/new");
  await beginAndCloseTab(page, file, name);
  const api = await member.api();
  await expect.poll(async () => (await api.imagesNamed(name))[0]?.status).toBe("queued");
  const [record] = await api.imagesNamed(name);
  return { name, api, record, context: page.context() };
}

/** The page's line by one debugging session, since a request keeps to the one that slowed it. Cut: what is under way goes on. */
async function lineOf(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const emulate = (offline: boolean, uploadThroughput: number) =>
    session.send("Network.emulateNetworkConditions", { offline, latency: 0, downloadThroughput: -1, uploadThroughput });
  return { slow: () => emulate(false, 1 * MiB), cut: () => emulate(true, -1), mend: () => emulate(false, -1) };
}

/** From now on records are made, but nobody hears of it: a proxy gives up, and finds none of them either. Until what comes back is called. */
async function loseTheAnswer(page: Page): Promise<() => Promise<void>> {
  const one = /\/v2\/images(\/[0-9a-f-]{36})?$/;
  const giveUp = async (route: Route) => {
    if (route.request().method() === "POST") await route.fetch();
    await route.fulfill({ status: 504, body: "Gateway Timeout" });
  };
  await page.route(one, giveUp);
  return () => page.unroute(one, giveUp);
}

/** No cloud stores other bytes on request: what it says of their hash is changed on the way. */
async function otherHashes(page: Page, stored: object): Promise<void> {
  await page.route(/\/v2\/images\/[^/?]+$/, async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...stored } });
  });
}

/** Begins three slow uploads; the third, whose name comes back, waits for its turn. */
async function beginThree(page: Page, files: string[], slow = () => throttleUploads(page, 1 * MiB)): Promise<string> {
  await pickFiles(page, ...files);
  await slow();
  await page.getByRole("button", create).click();
  await expect(heading(page, "Images")).toBeVisible();
  const third = basename(files[2], ".raw");
  await expect(upload(page, third)).toContainText("Waiting for its turn");
  return third;
}

/** Signs in to the own project of somebody who has another one too; gives the other one. */
async function signInWithAnother(page: Page, member: Account, steward: Steward) {
  const elsewhere = await steward.project("elsewhere");
  await steward.grant(member, elsewhere, "member");
  await page.goto("/images");
  await fillSignIn(page, member);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: member.project.name, exact: true }).click();
  return elsewhere;
}

test("an upload that a closed tab cut off is offered at the next visit, and its record deleted", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const file = temporary(sparse(300 * MiB));
  const { name, api, context } = await cutOff(page, member, file, "cut-off");

  const next = await context.newPage();
  await signIn(next, member);
  const entry = upload(next, name);
  await expect(entry).toContainText(basename(file));
  await expectAccessible(next);
  await entry.getByRole("button", { name: "Delete the record" }).click();
  await expect(entry).toHaveCount(0);
  await expect.poll(async () => (await api.imagesNamed(name)).length).toBe(0);
  await expect(rowOf(next, name)).toHaveCount(0);
});

test("an upload that a closed tab cut off goes on with the same file, on the same record", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const file = temporary(sparse(300 * MiB));
  const { name, api, record, context } = await cutOff(page, member, file, "resumed");

  const next = await context.newPage();
  await signIn(next, member);
  const entry = upload(next, name);
  await entry.getByLabel("Choose the file again").setInputFiles(temporary(raw(4096)));
  await expect(entry.getByRole("alert")).toContainText("another file");
  await entry.getByLabel("Choose the file again").setInputFiles(file);
  await expect(rowOf(next, name)).toContainText("Active", { timeout: 60_000 });
  const after = await api.imagesNamed(name);
  expect(after.map((image) => image.id)).toEqual([record.id]);
  expect(after[0].os_hash_value).toBe(await sha512(file));
});

test("a record that a cloud left saving for good is offered, and replaced when the file comes again", async ({ page, member, temporary }) => {
  const file = temporary(sparse(300 * MiB));
  const { name, api, record, context } = await cutOff(page, member, file, "saving");
  // What a Glance leaves that was killed meanwhile.
  const next = await context.newPage();
  await next.route(`**/v2/images/${record.id}`, async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const response = await route.fetch();
    const json = response.ok() ? { ...(await response.json()), status: "saving" } : await response.json();
    await route.fulfill({ response, json });
  });
  await next.clock.install();
  await signIn(next, member);
  await expect(rowOf(next, name)).toBeVisible();
  const entry = upload(next, name);
  // It is looked at again and again before it is called cut off.
  await expect(async () => {
    await next.clock.runFor(15_000);
    await expect(entry).toContainText(basename(file), { timeout: 500 });
  }).toPass();
  await entry.getByLabel("Choose the file again").setInputFiles(file);
  await expect(rowOf(next, name)).toContainText("Active", { timeout: 60_000 });
  const after = await api.imagesNamed(name);
  expect(after.map((image) => image.status)).toEqual(["active"]);
  expect(after[0].id).not.toBe(record.id);
});

test("a leftover that has become an image meanwhile is neither deleted nor written to", async ({ page, member, temporary }) => {
  const file = temporary(sparse(300 * MiB));
  const { name, api, record, context } = await cutOff(page, member, file, "has-become");
  const [one, two] = [await context.newPage(), await context.newPage()];
  await signIn(one, member);
  // The second tab has the session from its sibling.
  await two.goto("/images");
  for (const next of [one, two]) await expect(upload(next, name)).toContainText(basename(file));
  // Somebody else brings the bytes, and protects the image.
  await api.uploadImage(record.id, temporary(raw(4096)));
  await api.patchImage(record.id, [{ op: "replace", path: "/protected", value: true }]);
  await upload(one, name).getByRole("button", { name: "Delete the record" }).click();
  await upload(two, name).getByLabel("Choose the file again").setInputFiles(file);
  for (const next of [one, two]) {
    await expect(alert(next, "is no interrupted upload any more")).toBeVisible();
    await expect(upload(next, name)).toHaveCount(0);
    await expect(rowOf(next, name)).toContainText("Active");
  }
  expect(await api.getImage(record.id)).toMatchObject({ status: "active", protected: true, size: 4096 });
  await one.reload();
  await expect(rowOf(one, name)).toBeVisible();
  await expect(upload(one, name)).toHaveCount(0);
});

test("a leftover that another tab goes on with is not deleted", async ({ page, member, temporary }) => {
  const file = temporary(sparse(300 * MiB));
  const { name, context } = await cutOff(page, member, file, "taken-up");
  const [one, two] = [await context.newPage(), await context.newPage()];
  await signIn(one, member);
  await two.goto("/images");
  await expect(upload(two, name)).toContainText(basename(file));
  await throttleUploads(one, 1 * MiB);
  await upload(one, name).getByLabel("Choose the file again").setInputFiles(file);
  await expect(upload(one, name)).toContainText("Sending");
  await upload(two, name).getByRole("button", { name: "Delete the record" }).click();
  await expect(alert(two, "another tab is working on it")).toBeVisible();
  await expect(upload(two, name)).toHaveCount(0);
  await expect(upload(one, name)).toContainText("Sending");
  await upload(one, name).getByRole("button", { name: "Cancel" }).click();
  await expect(upload(one, name)).toHaveCount(0);
});

test("an upload of another tab is not taken for a cut-off one", async ({ page, member, temporary }) => {
  const name = unique("other-tab");
  await signIn(page, member, "/images/new");
  await throttleUploads(page, 1 * MiB);
  await begin(page, temporary(raw(20 * MiB)), name);
  await expect(upload(page, name)).toContainText("Sending");
  // The new tab has the session from its sibling.
  const other = await page.context().newPage();
  await other.goto("/images");
  await expect(rowOf(other, name)).toBeVisible();
  await expect(upload(other, name)).toHaveCount(0);
  await other.close();
  await upload(page, name).getByRole("button", { name: "Cancel" }).click();
  await expect(rowOf(page, name)).toHaveCount(0);
});

test("a session that ends meanwhile is renewed over the page, and the upload goes on", async ({ page, member, admin, temporary }) => {
  const name = unique("renewed");
  const tokens = tokensOf(page);
  await signIn(page, member, "/images/new");
  await throttleUploads(page, 2 * MiB);
  await begin(page, temporary(raw(8 * MiB)), name);
  await expect(upload(page, name)).toContainText("Sending");
  await admin.revoke(tokens.at(-1) ?? "");
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("Password", { exact: true }).fill(member.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(upload(page, name)).toContainText("Active");
  await expect(rowOf(page, name)).toContainText("Active");
});

test("a switch of the project leaves a running upload its own", { tag: "@cloud" }, async ({ page, member, steward, temporary }) => {
  const name = unique("stays");
  const elsewhere = await signInWithAnother(page, member, steward);
  await page.getByRole("main").getByRole("link", create).click();
  await throttleUploads(page, 1 * MiB);
  await begin(page, temporary(raw(6 * MiB)), name);
  await expect(upload(page, name)).toContainText("Sending");
  await choose(page, /^Project:/, elsewhere.name);
  await expect(page.getByRole("button", { name: `Project: ${elsewhere.name}` })).toBeVisible();
  await expect(upload(page, name)).toContainText(member.project.name);
  await throttleUploads(page, undefined);
  await expect(upload(page, name)).toContainText("Active");
  const [record] = await (await member.api()).imagesNamed(name);
  expect(record).toMatchObject({ status: "active", owner: member.project.id });
  await expect(rowOf(page, name)).toHaveCount(0);
});

test("two run at once, the third waits for its turn", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const files = [0, 1, 2].map(() => temporary(raw(4 * MiB)));
  await signIn(page, member, "/images/new");
  await beginThree(page, files);
  await expect(page.getByRole("region", { name: "Uploads" }).getByText("Waiting for its turn")).toHaveCount(1);
  await expectAccessible(page);
  await throttleUploads(page, undefined);
  for (const file of files) await expect(upload(page, basename(file, ".raw"))).toContainText("Active");
});

test("what is corrected after an unclear failure is what the image gets, on the record that was made", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const [typo, name] = [unique("typo"), unique("corrected")];
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(4096)));
  await page.getByLabel("Image name", { exact: true }).fill(typo);
  await page.getByLabel("Description", { exact: true }).fill("Not for long");
  const mend = await loseTheAnswer(page);
  await page.getByRole("button", create).click();
  await expect(alert(page, "504")).toBeVisible();
  const api = await member.api();
  const [made] = await api.imagesNamed(typo);
  await mend();
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByLabel("Description", { exact: true }).fill("");
  await page.getByRole("radio", { name: "Shared" }).check();
  await page.getByRole("button", create).click();
  await expect(upload(page, name)).toContainText("Active");
  const images = await api.imagesNamed(name);
  expect(images).toMatchObject([{ id: made.id, status: "active", visibility: "shared" }]);
  expect(images[0].description).toBeUndefined();
  expect(await api.imagesNamed(typo)).toEqual([]);
});

test("a line that is gone is said, and the retry uses the same record", async ({ page, member, temporary }) => {
  await signIn(page, member, "/images/new");
  const line = await lineOf(page);
  const third = await beginThree(page, [0, 1, 2].map(() => temporary(raw(3 * MiB))), () => line.slow().then(() => undefined));
  const api = await member.api();
  const [record] = await api.imagesNamed(third);
  await line.cut();
  await expect(upload(page, third)).toContainText("No answer from the cloud", { timeout: 30_000 });
  await line.mend();
  await upload(page, third).getByRole("button", { name: "Retry" }).click();
  await expect(upload(page, third)).toContainText("Active");
  expect((await api.imagesNamed(third)).map((image) => image.id)).toEqual([record.id]);
});

test("a file that was removed meanwhile is said to be unreadable", async ({ page, member, temporary }) => {
  const files = [0, 1, 2].map(() => temporary(raw(3 * MiB)));
  await signIn(page, member, "/images/new");
  const third = await beginThree(page, files);
  rmSync(files[2]);
  await throttleUploads(page, undefined);
  await expect(upload(page, third)).toContainText("can’t be read any more", { timeout: 30_000 });
  await upload(page, third).getByRole("button", { name: "Cancel" }).click();
  await expect(upload(page, third)).toHaveCount(0);
  expect(await (await member.api()).imagesNamed(third)).toEqual([]);
});

// Chromium sends what it finds under the open file, and does not look again when it was changed: the cloud gets a whole file of mixed
// bytes. The hash, which reads it anew, and a look at the file at the end are what notices.
for (const [what, change] of [
  ["grows", (file: string) => appendFileSync(file, "more")],
  ["is written over in place", (file: string) => writeFileSync(file, randomBytes(6 * MiB))],
] as const) test(`a file that ${what} while it is sent is never called verified`, async ({ page, member, temporary }) => {
  const name = unique("changing");
  const file = temporary(raw(6 * MiB));
  await signIn(page, member, "/images/new");
  await throttleUploads(page, 1 * MiB);
  await begin(page, file, name);
  await expect(upload(page, name)).toContainText("Sending");
  change(file);
  const entry = upload(page, name);
  await expect(entry).toContainText(/it may not be your file|can’t be read any more/, { timeout: 60_000 });
  await expect(entry).not.toContainText("Verified:");
  await expect(page.getByRole("alert").filter({ hasText: name })).not.toHaveCount(0);
  await expectAccessible(page);
  const deletion = entry.getByRole("button", { name: "Delete image" });
  await deletion.or(entry.getByRole("button", { name: "Cancel" })).click();
  // What is an image by now is deleted like any other: after a question.
  const dialog = page.getByRole("dialog", { name: "Delete image" });
  await expect(async () => {
    if (await dialog.isVisible()) await dialog.getByRole("button", { name: "Delete image" }).click();
    await expect(entry).toHaveCount(0, { timeout: 1_000 });
  }).toPass();
  expect(await (await member.api()).imagesNamed(name)).toEqual([]);
});

test("an image that may not be the file is said so on its page, too, until somebody takes it as it is", async ({ page, member, temporary }) => {
  const name = unique("doubtful");
  await otherHashes(page, { os_hash_algo: "sha512", os_hash_value: "0".repeat(128) });
  await signIn(page, member, "/images/new");
  await begin(page, temporary(raw(64 * 1024)), name);
  const entry = upload(page, name);
  await expect(page.getByRole("alert").filter({ hasText: `Don’t use image “${name}”` })).toHaveCount(1);
  await expect(entry.getByRole("link", { name: "Choose the file again" })).toBeVisible();
  await entry.getByRole("button", { name: "Delete image" }).click();
  const question = page.getByRole("dialog", { name: "Delete image" });
  await expect(question).toContainText(name);
  await question.getByRole("button", { name: "Cancel" }).click();
  const api = await member.api();
  const [image] = await api.imagesNamed(name);
  expect(image.status).toBe("active");
  // Somebody protects it: that is not lifted from here.
  await api.patchImage(image.id, [{ op: "replace", path: "/protected", value: true }]);
  await page.getByRole("button", { name: "Refresh" }).click();
  await expectRefused(entry.getByRole("button", { name: "Delete image" }), /[Pp]rotect/);
  await entry.getByRole("link", { name }).click();
  const notice = page.getByRole("main").getByRole("alert").filter({ hasText: "are NOT those of your file" });
  await expect(notice).toContainText("it may not be your file");
  await expectAccessible(page);
  // The tray forgets it with the reload; the page does not.
  await page.reload();
  await expect(notice).toBeVisible();
  await expect(upload(page, name)).toHaveCount(0);
  await notice.getByRole("button", { name: "Keep it as it is" }).click();
  await expect(notice).toHaveCount(0);
  await page.reload();
  await expect(heading(page, name)).toBeVisible();
  await expect(notice).toHaveCount(0);
});

test("a refusal of the token that comes when the person has signed in again already sends the file once more", async ({ page, member, admin, temporary }) => {
  const name = unique("late");
  const tokens = tokensOf(page);
  let answer = () => {};
  const held = new Promise<void>((done) => (answer = done));
  let puts = 0;
  await page.route("**/v2/images/*/file", async (route) => {
    if ((puts += 1) > 1) return route.fallback();
    await held;
    await route.fulfill({ status: 401, json: { error: { code: 401, message: "The request you have made requires authentication." } } });
  });
  await signIn(page, member, "/images/new");
  await begin(page, temporary(raw(65536)), name);
  await expect.poll(() => puts).toBe(1);
  await admin.revoke(tokens.at(-1) ?? "");
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await expect(dialog).toBeVisible({ timeout: 40_000 });
  await dialog.getByLabel("Password", { exact: true }).fill(member.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog).toBeHidden();
  answer();
  await expect(upload(page, name)).toContainText("Active");
  expect(puts).toBe(2);
});

test("a file of more than 4 GB is counted and read beyond 2^32, and takes no memory", async ({ page, member, temporary }) => {
  const bytes = 5 * 1024 * MiB;
  const name = unique("huge");
  await signIn(page, member, "/images/new");
  const file = temporary(sparse(bytes));
  // What makes it a VHD stands in its last 512 bytes.
  const disk = openSync(file, "r+");
  writeSync(disk, Buffer.from("conectix"), 0, 8, bytes - 512);
  closeSync(disk);
  await throttleUploads(page, 64 * MiB);
  await pickFiles(page, file);
  await expect(page.getByRole("main")).toContainText("VHD of fixed size");
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", create).click();
  const bar = upload(page, name).getByRole("progressbar");
  await expect(upload(page, name)).toContainText("Sending");
  await expect(upload(page, name)).toContainText(/of 5\sGB/);
  await expect.poll(async () => Number(await bar.getAttribute("value"))).toBeGreaterThan(0);
  expect(Number(await bar.getAttribute("value")) / Number((await bar.getAttribute("max")) ?? 1)).toBeLessThan(0.9);
  await throttleUploads(page, undefined);
  await upload(page, name).getByRole("button", { name: "Cancel" }).click();
  await expect(upload(page, name)).toHaveCount(0);
  expect(await (await member.api()).imagesNamed(name)).toEqual([]);
});

test("a refusal of the bytes keeps its reason, and cancelling then deletes the record", async ({ page, member, temporary }) => {
  const name = `${unique("too-big")}-demo-fail-upload-413`;
  await signIn(page, member, "/images/new");
  await begin(page, temporary(raw(4096)), name);
  const entry = upload(page, name);
  await expect(entry).toContainText("413");
  await expect(entry).toContainText("too large");
  await expectAccessible(page);
  await entry.getByRole("button", { name: "Cancel" }).click();
  await expect(entry).toHaveCount(0);
  expect(await (await member.api()).imagesNamed(name)).toEqual([]);
});

test("a wrong format is set right in the tray, and the same file sent again", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("set-right");
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(1 * MiB)));
  await page.getByLabel("Format", { exact: true }).selectOption("qcow2");
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Send anyway" }).click();
  const entry = upload(page, name);
  await expect(entry).toContainText("415");
  await expect(entry).toContainText("it is Raw");
  await expectAccessible(page);
  // The right one is chosen already.
  await expect(entry.getByLabel("Format", { exact: true })).toHaveValue("raw");
  await entry.getByRole("button", { name: "Set format to raw and retry" }).click();
  await expect(rowOf(page, name)).toContainText("Active");
  const [record] = await (await member.api()).imagesNamed(name);
  expect(record).toMatchObject({ disk_format: "raw", container_format: "bare" });
});

test("a retry that needs another record keeps what was changed on the one before, and its offers", { tag: "@cloud" }, async ({ page, member, steward, temporary }) => {
  const [name, renamed] = [unique("as-typed"), unique("renamed")];
  const friend = await steward.project("friend");
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(1 * MiB)));
  await page.getByLabel("Format", { exact: true }).selectOption("qcow2");
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Send anyway" }).click();
  await expect(upload(page, name)).toContainText("415");
  const api = await member.api();
  const [before] = await api.imagesNamed(name);
  await api.patchImage(before.id, [
    { op: "replace", path: "/name", value: renamed },
    { op: "replace", path: "/visibility", value: "shared" },
    { op: "replace", path: "/tags", value: ["gold"] },
    { op: "add", path: "/os_distro", value: "debian" },
    { op: "replace", path: "/min_ram", value: 512 },
  ]);
  await api.call("POST", `${api.image}/images/${before.id}/members`, { member: friend.id });
  await upload(page, name).getByRole("button", { name: "Set format to raw and retry" }).click();
  await expect(upload(page, renamed)).toContainText("Active");
  const [after] = await api.imagesNamed(renamed);
  expect(after).toMatchObject({
    status: "active", disk_format: "raw", visibility: "shared", tags: ["gold"], os_distro: "debian", min_ram: 512,
  });
  expect(after.id).not.toBe(before.id);
  const members = async () => (await api.call("GET", `${api.image}/images/${after.id}/members`)).members;
  await expect.poll(async () => (await members()).map((it: { member_id: string }) => it.member_id)).toEqual([friend.id]);
  expect(await api.imagesNamed(name)).toEqual([]);
});

test("cancelling a protected image lifts the protection that the form set", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("guarded");
  await signIn(page, member, "/images/new");
  await page.getByRole("checkbox", { name: "Protected" }).check();
  await throttleUploads(page, 1 * MiB);
  await begin(page, temporary(raw(20 * MiB)), name);
  await expect(upload(page, name)).toContainText("Sending");
  await upload(page, name).getByRole("button", { name: "Cancel" }).click();
  await expect(upload(page, name)).toHaveCount(0);
  expect(await (await member.api()).imagesNamed(name)).toEqual([]);
});

test("a record that can't be deleted is said so, and deleted at another try", async ({ page, member, temporary }) => {
  const name = `${unique("sticky")}-demo-fail-delete-409`;
  await signIn(page, member, "/images/new");
  await throttleUploads(page, 1 * MiB);
  await begin(page, temporary(raw(20 * MiB)), name);
  const entry = upload(page, name);
  await expect(entry).toContainText("Sending");
  await entry.getByRole("button", { name: "Cancel" }).click();
  await expect(entry).toContainText("could not be deleted");
  await expect(entry).toContainText("409");
  const api = await member.api();
  const [record] = await api.imagesNamed(name);
  await api.patchImage(record.id, [{ op: "replace", path: "/name", value: "not sticky any more" }]);
  await entry.getByRole("button", { name: "Delete the record" }).click();
  await expect(entry).toHaveCount(0);
  expect((await api.raw("GET", `${api.image}/images/${record.id}`)).status).toBe(404);
});

test("signing out while one runs asks, cancels it and leaves no record", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("signed-out");
  await signIn(page, member, "/images/new");
  await throttleUploads(page, 1 * MiB);
  await begin(page, temporary(raw(20 * MiB)), name);
  await expect(upload(page, name)).toContainText("Sending");
  await choose(page, /^Account:/, "Sign out");
  const dialog = page.getByRole("dialog", { name: "Sign out" });
  await expect(dialog).toContainText("still running");
  await dialog.getByRole("button", { name: "Sign out anyway" }).click();
  await expect(heading(page, "Sign in")).toBeVisible();
  expect(await (await member.api()).imagesNamed(name)).toEqual([]);
});

test("what one person has uploaded is nothing that the next one sees", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("mine");
  await signIn(page, member, "/images/new");
  await begin(page, temporary(raw(4096)), name);
  await expect(rowOf(page, name)).toContainText("Active");
  await expect(upload(page, name)).toBeVisible();
  await choose(page, /^Account:/, "Sign out");
  await expect(page.getByRole("region", { name: "Messages" })).toContainText("You are signed out.");
  await expect(page.getByRole("region", { name: "Uploads" })).toHaveCount(0);
  await expect(page.getByText(name)).toHaveCount(0);
});

/** Drops files onto the page: names, and their bytes. */
async function drop(page: Page, files: { name: string; bytes: number }[]): Promise<void> {
  await page.evaluate((files) => {
    const data = new DataTransfer();
    for (const { name, bytes } of files) data.items.add(new File([new Uint8Array(bytes)], name, { lastModified: 1 }));
    const where = document.querySelector("h1") ?? document.body;
    for (const type of ["dragover", "drop"]) {
      where.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
  }, files);
}

test("files dropped anywhere on the page are taken; an empty one is refused before anything is sent", { tag: "@cloud" }, async ({ page, member }) => {
  await signIn(page, member, "/images/new");
  const [one, two] = [unique("one"), unique("two")];
  await drop(page, [{ name: `${one}.ari`, bytes: 2048 }]);
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(one);
  await expect(page.getByLabel("Format", { exact: true })).toHaveValue("ari");
  await drop(page, [{ name: `${two}.raw`, bytes: 4096 }]);
  await expect(page.getByLabel(`Image name for ${one}.ari`)).toHaveValue(one);
  await expect(page.getByLabel(`Format of ${two}.raw`)).toHaveValue("raw");
  await expectAccessible(page);
  await page.getByRole("button", { name: `Remove ${one}.ari` }).click();
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(two);
  await drop(page, [{ name: "nothing.raw", bytes: 0 }]);
  await expect(page.getByText("nothing.raw is empty")).toBeVisible();
  await page.getByRole("button", create).click();
  await expect(heading(page, "Create image")).toBeVisible();
  expect(await (await member.api()).imagesNamed(two)).toEqual([]);
});

test("a container format that was chosen stays with its file, alone and among others", { tag: "@cloud" }, async ({ page, member }) => {
  const [one, two] = [unique("one"), unique("two")];
  const alone = page.getByLabel("Container format", { exact: true });
  const among = (name: string) => page.getByLabel(`Container format for ${name}.raw`, { exact: true });
  const format = (name: string) => page.getByLabel(`Format of ${name}.raw`, { exact: true });
  await signIn(page, member, "/images/new");
  await page.getByText("Advanced", { exact: true }).click();
  await drop(page, [{ name: `${one}.raw`, bytes: 2048 }]);
  await expect(alone).toHaveValue("bare");
  await alone.selectOption("docker");
  await drop(page, [{ name: `${two}.raw`, bytes: 4096 }]);
  await expect(among(one)).toHaveValue("docker");
  await expect(among(two)).toHaveValue("bare");
  await expectAccessible(page);
  // It follows the format, unless it was chosen.
  for (const [format_of_both, container_of_two] of [["ami", "ami"], ["raw", "bare"]]) {
    await format(two).selectOption(format_of_both);
    await expect(among(two)).toHaveValue(container_of_two);
  }
  await format(one).selectOption("qcow2");
  await expect(among(one)).toHaveValue("docker");
  await format(one).selectOption("raw");
  await page.getByRole("button", { name: `Remove ${two}.raw` }).click();
  await expect(alone).toHaveValue("docker");
  await drop(page, [{ name: `${two}.raw`, bytes: 4096 }]);
  await expect(among(one)).toHaveValue("docker");
  await page.getByRole("button", create).click();
  await expect(heading(page, "Images")).toBeVisible();
  const api = await member.api();
  expect(await api.imagesNamed(one)).toMatchObject([{ disk_format: "raw", container_format: "docker" }]);
  expect(await api.imagesNamed(two)).toMatchObject([{ disk_format: "raw", container_format: "bare" }]);
});

test("files dropped on the list of images open the create page; elsewhere a drop does nothing", { tag: "@cloud" }, async ({ page, member }) => {
  const name = unique("dropped");
  await signIn(page, member, "/instances");
  await expect(heading(page, "Instances")).toBeVisible();
  await drop(page, [{ name: `${name}.raw`, bytes: 2048 }]);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Images" }).click();
  await expect(heading(page, "Images")).toBeVisible();
  await drop(page, [{ name: `${name}.raw`, bytes: 2048 }]);
  await expect(heading(page, "Create image")).toBeVisible();
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(name);
  await expect(page.getByRole("list", { name: "Files" }).getByRole("listitem").first()).toContainText(`${name}.raw`);
});

test("what the cloud stored is compared with the file, and the same bytes are pointed out the next time", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  // More than one stream of the worker reads, and no multiple of it.
  const file = temporary(raw(17 * MiB));
  const [first, second] = [unique("original"), unique("again")];
  await signIn(page, member, "/images/new");
  await begin(page, file, first);
  await expect(upload(page, first)).toContainText("Verified: bytes in the cloud match your file");
  await expectAccessible(page);
  await page.getByRole("main").getByRole("link", create).click();
  await throttleUploads(page, 1 * MiB);
  await begin(page, file, second);
  const entry = upload(page, second);
  await expect(entry).toContainText("already has an image with exactly these bytes");
  await expect(entry).toContainText(/\d\s[KM]B\/s/);
  await expect(entry).toContainText(/\d\ssec left/);
  await expect(entry.getByRole("link", { name: first })).toBeVisible();
  await entry.getByRole("button", { name: "Cancel this upload" }).click();
  await expect(entry).toHaveCount(0);
  expect(await (await member.api()).imagesNamed(second)).toEqual([]);
});

test("the same bytes are pointed out also when the hash is known only after the image is active", async ({ page, member, temporary }) => {
  const file = temporary(raw(64 * 1024));
  const [first, second] = [unique("original"), unique("again")];
  await signIn(page, member, "/images/new");
  await begin(page, file, first);
  await expect(upload(page, first)).toContainText("Verified:");
  await page.getByRole("main").getByRole("link", create).click();
  await pickFiles(page, file);
  await page.getByLabel("Image name", { exact: true }).fill(second);
  await expect(page.getByRole("list", { name: "Files" }).getByRole("listitem").first()).toContainText("Content");
  // What works out the hash comes late.
  const release = await holdBack(page, "**/worker_loader.js");
  await page.getByRole("button", create).click();
  const entry = upload(page, second);
  await expect(entry).toContainText("Active");
  release();
  await expect(entry).toContainText("has another image with exactly these bytes");
  await expect(entry.getByRole("link", { name: first })).toBeVisible();
  await expect(entry.getByRole("button", { name: "Cancel this upload" })).toHaveCount(0);
  await expectAccessible(page);
});

test("an image with the same bytes is no link in another project, where it can’t be opened", async ({ page, member, steward, temporary }) => {
  const file = temporary(raw(64 * 1024));
  const [first, second] = [unique("original"), unique("again")];
  const elsewhere = await signInWithAnother(page, member, steward);
  for (const name of [first, second]) {
    await page.getByRole("main").getByRole("link", create).click();
    await begin(page, file, name);
    await expect(upload(page, name)).toContainText("Verified:");
  }
  const twin = upload(page, second).getByRole("link", { name: first });
  await expect(twin).toBeVisible();
  await choose(page, /^Project:/, elsewhere.name);
  await expect(upload(page, second)).toContainText(member.project.name);
  await expect(upload(page, second)).toContainText(first);
  await expect(twin).toHaveCount(0);
});

test("a browser that makes a new buffer for each read has the same hash", async ({ page, member, temporary }) => {
  const name = unique("given");
  await page.route("**/worker_loader.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `delete self.ReadableStreamBYOBReader;\n${await response.text()}` });
  });
  await signIn(page, member, "/images/new");
  await begin(page, temporary(raw(17 * MiB)), name);
  await expect(upload(page, name)).toContainText("Verified: bytes in the cloud match your file");
});

for (const [what, stored, words] of [
  ["other bytes are told loudly", { os_hash_algo: "sha512", os_hash_value: "0".repeat(128) }, "are NOT those of your file"],
  ["a hash of another kind is said not to be compared", { os_hash_algo: "sha256", os_hash_value: "0".repeat(64) }, "Not verified: the cloud’s hash is sha256"],
  ["no hash at all is said so", { os_hash_algo: null, os_hash_value: null }, "Not verified: the cloud gives no hash"],
] as const) {
  test(`after an upload ${what}`, async ({ page, member, temporary }) => {
    const name = unique("compared");
    await otherHashes(page, stored);
    await signIn(page, member, "/images/new");
    await begin(page, temporary(raw(64 * 1024)), name);
    await expect(upload(page, name)).toContainText(words);
    await expectAccessible(page);
  });
}

test("a worker that does not start costs the checks, not the upload", async ({ page, member, temporary }) => {
  const name = unique("unchecked");
  await page.route("**/worker_loader.js", (route) => route.abort());
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(64 * 1024)));
  await expect(page.getByText("The file was not inspected")).toBeVisible();
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", create).click();
  await expect(upload(page, name)).toContainText("Not verified: this browser could not work out");
  await expect(rowOf(page, name)).toContainText("Active");
});

test("a line that breaks while the project has no room is explained by the quota", async ({ page, member, temporary }) => {
  const name = unique("no-room");
  await page.route("**/v2/info/usage", (route) =>
    route.fulfill({ json: { usage: { image_size_total: { usage: 10, limit: 10 }, image_count_total: { usage: 1, limit: 100 } } } }),
  );
  await page.route("**/file", (route) => (route.request().method() === "PUT" ? route.abort() : route.continue()));
  await signIn(page, member, "/images/new");
  await begin(page, temporary(raw(64 * 1024)), name);
  const entry = upload(page, name);
  await expect(entry).toContainText("the project has no room for this file");
  await expect(entry).toContainText("What to check");
  const doctor = entry.getByRole("link", { name: /Find out why/ });
  await expect(doctor).toHaveAttribute("href", /\/doctor$/);
  await page.unroute("**/file");
  await entry.getByRole("button", { name: "Retry" }).click();
  await expect(entry).toContainText("Verified");
  expect(await (await member.api()).imagesNamed(name)).toHaveLength(1);
});

test("each refusal of the bytes is told in words that help", async ({ page, member, temporary }) => {
  const refusals: [number, string, string][] = [
    [400, "Property disk_format must be set prior to saving data.", "The record has no format"],
    [403, "You are not authorized to complete this action.", "does not allow you this"],
    [409, "Image status transition from saving to saving is not allowed", "takes no bytes any more"],
    [409, "The image has data on staging", "Data of an earlier import"],
    [410, "The image may have been deleted during the upload", "was deleted during the upload"],
    [413, "Image exceeds the storage quota: over by 9 bytes", "quota is used up"],
    [413, "The incoming image is too large: 9 bytes", "No image in this cloud may be that large"],
    [413, "Image storage media is full: no space", "own storage is full"],
    [500, "Failed to upload image data due to internal error", "Something broke inside the cloud"],
    [503, "Insufficient permissions on image storage media: denied", "may not write to its own storage"],
    [504, "Gateway Time-out", "is busy or gave up"],
  ];
  let next: [number, string, string] = refusals[0];
  await page.route("**/file", (route) =>
    route.request().method() === "PUT" ? route.fulfill({ status: next[0], json: { message: next[1] } }) : route.continue(),
  );
  const file = temporary(raw(4096));
  await signIn(page, member, "/images/new");
  for (next of refusals) {
    const name = unique(`refused-${next[0]}`);
    await begin(page, file, name);
    await expect(upload(page, name), next[1]).toContainText(next[2]);
    if (next[0] !== 410) await expect(upload(page, name)).toContainText(next[1]);
    await page.getByRole("main").getByRole("link", create).click();
  }
});

test("a session that ends while the bytes are sent takes the image along, and the next try makes another", async ({ page, member, temporary }) => {
  const name = unique("midway");
  const api = await member.api();
  let puts = 0;
  // As Glance does with what it can't save: it deletes the image, and says so.
  await page.route("**/v2/images/*/file", async (route) => {
    if ((puts += 1) > 1) return route.fallback();
    const id = new URL(route.request().url()).pathname.split("/").at(-2);
    await api.call("DELETE", `${api.image}/images/${id}`);
    await route.fulfill({ status: 401, json: { message: "Unable to save the image; the token may have expired during file upload." } });
  });
  await signIn(page, member, "/images/new");
  await begin(page, temporary(raw(4096)), name);
  const entry = upload(page, name);
  await expect(entry).toContainText("the cloud has deleted the image");
  await expect(entry).toContainText("the token may have expired during file upload");
  await expect(entry.getByRole("button", { name: "Cancel" })).toHaveCount(0);
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await dialog.getByLabel("Password", { exact: true }).fill(member.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(entry).toContainText("Active");
  expect((await api.imagesNamed(name)).map((image) => image.status)).toEqual(["active"]);
});

test("an upload whose bytes are all sent is cancelled before the cloud has answered", async ({ page, member, temporary }) => {
  const name = unique("all-sent");
  const app = await front({
    config: { clouds: [{ name: "Demo", identity: "/identity/v3", services: { image: "/image" } }] },
    // A cloud that takes its time with what it has received.
    unanswered: (request) => request.method === "PUT" && `${request.url}`.endsWith("/file"),
  });
  try {
    await signIn(page, member, `${app.url}/images/new`);
    await begin(page, temporary(raw(1 * MiB)), name);
    const entry = upload(page, name);
    await expect(entry).toContainText("the cloud is storing them");
    await entry.getByRole("button", { name: "Cancel" }).click();
    await expect(entry).toHaveCount(0);
    await expect(rowOf(page, name)).toHaveCount(0);
    expect(await (await member.api()).imagesNamed(name)).toEqual([]);
  } finally {
    app.close();
  }
});

test("a cloud that is restarted during an upload is told of, and the retry ends with one active image", async ({ page, temporary }) => {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const data = temporary(scratchFile(unique("restarted")));
  const dist = process.env.E2E_DIST ?? join(here, "..", "dist");
  const config = scratchFile(`${unique("config")}.json`);
  writeFileSync(temporary(config), JSON.stringify({ clouds: [{ name: "Demo cloud", identity: "/identity/v3" }] }));
  const url = `http://127.0.0.1:${port}`;
  const start = async () => {
    const child = spawn(demoProgram(), ["--listen", `127.0.0.1:${port}`, "--data", data, "--dist", dist, "--config", config], { stdio: "ignore" });
    await expect.poll(async () => (await fetch(`${url}/config.json`).catch(() => undefined))?.status, { timeout: 30_000 }).toBe(200);
    return child;
  };
  const kill = async (child: ChildProcess) => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  };
  let cloud = await start();
  try {
    const name = unique("through");
    await signIn(page, { user: "alice", password: "password" }, `${url}/images/new`);
    await throttleUploads(page, 1 * MiB);
    await begin(page, temporary(raw(8 * MiB)), name);
    await expect(upload(page, name)).toContainText("Sending");
    await kill(cloud);
    await expect(upload(page, name)).toContainText("connection broke");
    cloud = await start();
    await throttleUploads(page, undefined);
    const entry = upload(page, name);
    await entry.getByRole("button", { name: "Retry", exact: true }).click({ timeout: 60_000 });
    await expect(entry).toContainText("Verified", { timeout: 30_000 });
    await expect(rowOf(page, name)).toHaveCount(1);
  } finally {
    await kill(cloud);
  }
});
