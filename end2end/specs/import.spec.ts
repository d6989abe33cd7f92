// What the cloud fetches by itself: from a URL, from the gallery of ready-made images, into one of several stores.
import { createHash } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import {
  alert, expectAccessible, expectAllowed, expectRefused, heading, holdBack, navigation, pickFiles, rowOf, signIn, upload,
} from "../support/app.ts";
import { qcow2, raw, sha512 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test as base } from "../support/test.ts";
import { fetchable, Web } from "../support/web.ts";

const test = base.extend<{ web: Web }>({
  web: async ({}, use) => {
    const web = await Web.start();
    await use(web);
    web.stop();
  },
});

const create = { name: "Create image", exact: true };
const MiB = 1024 * 1024;
const field = (page: Page | Locator, name: string) => page.getByLabel(name, { exact: true });
const source = (page: Page, name: string) => page.getByRole("group", { name: "Image source" }).getByRole("radio", { name, exact: true });

/** Fills in an address, and a name of the test's own. */
async function fillUrl(page: Page, url: string, name: string): Promise<void> {
  await source(page, "URL").click();
  await field(page, "Image URL").fill(url);
  await field(page, "Image name").fill(name);
}

async function submit(page: Page): Promise<void> {
  await page.getByRole("button", create).click();
  await expect(heading(page, "Images")).toBeVisible();
}

/** The operator's gallery, as this test wants it. */
async function withGallery(page: Page, images: object[] | string): Promise<void> {
  const body = typeof images === "string" ? images : JSON.stringify({ images });
  await page.route("**/gallery.json", (route) => route.fulfill({ body, contentType: "application/json" }));
}

test("the cloud fetches an image from a URL, byte for byte", { tag: "@cloud" }, async ({ page, member, temporary, web }) => {
  const file = temporary(qcow2());
  const url = fetchable(web, "plain-x86_64.qcow2", file);
  await signIn(page, member, "/images/new");
  await source(page, "URL").click();
  await field(page, "Image URL").fill(url);
  await expect(field(page, "Image name")).toHaveValue(/^(plain-x86_64|tiny)$/);
  await expect(field(page, "Format")).toHaveValue("qcow2");
  const name = unique("from-url");
  await field(page, "Image name").fill(name);
  await submit(page);
  await expect(upload(page, name)).toContainText(url);
  await expect(upload(page, name)).toContainText("Active");
  await expect(rowOf(page, name)).toContainText("Active");
  const api = await member.api();
  const [record] = await api.imagesNamed(name);
  expect(record).toMatchObject({ status: "active", disk_format: "qcow2", container_format: "bare", visibility: "private" });
  if (url.includes("plain")) expect(record.os_hash_value).toBe(await sha512(file));
  await upload(page, name).getByRole("button", { name: "Dismiss" }).click();
  await expect(upload(page, name)).toHaveCount(0);
});

test("an import is followed on other pages and after a reload", async ({ page, member, temporary, web }) => {
  const file = temporary(raw(6 * MiB));
  const url = web.put("slow.raw", file);
  web.hold("slow.raw");
  const name = unique("slow");
  await signIn(page, member, "/images/new");
  await fillUrl(page, url, name);
  await submit(page);
  await expect(upload(page, name)).toContainText("The cloud is fetching it");
  await navigation(page, "Instances").click();
  await expect(heading(page, "Instances")).toBeVisible();
  await expect(upload(page, name)).toContainText("The cloud is fetching it");
  await page.reload();
  await expect(upload(page, name)).toContainText("The cloud is fetching it");
  await expect(upload(page, name)).toContainText(/MB copied/);
  await expect(upload(page, name).getByRole("progressbar", { name: `Import of ${name}` })).toBeVisible();
  web.release("slow.raw");
  await expect(upload(page, name)).toContainText("Active");
  // What is over is not followed again.
  await page.reload();
  await expect(heading(page, "Instances")).toBeVisible();
  await expect(upload(page, name)).toHaveCount(0);
});

test("a record whose making was not answered before the tab was closed is known at the next visit", async ({ page, member, web, temporary }) => {
  const url = web.put("unanswered.raw", temporary(raw(4096)));
  const name = unique("unanswered");
  const api = await member.api();
  // The cloud makes it; its answer does not come.
  await page.route("**/v2/images", async (route) => {
    if (route.request().method() === "POST") await route.fetch();
    else await route.fallback();
  });
  await signIn(page, member, "/images/new");
  await fillUrl(page, url, name);
  await page.getByRole("button", create).click();
  await expect.poll(async () => (await api.imagesNamed(name)).length).toBe(1);
  const next = await page.context().newPage();
  // It has the session from its sibling.
  await next.goto("/images");
  await expect(heading(next, "Images")).toBeVisible();
  await page.close();
  await expect(upload(next, name)).toContainText(url);
  await upload(next, name).getByRole("button", { name: "Cancel" }).click();
  await expect(upload(next, name)).toHaveCount(0);
  expect(await api.imagesNamed(name)).toEqual([]);
});

test("a record that is refused is nothing to come back to", async ({ page, member, web }) => {
  const name = `${unique("refused")}-demo-fail-403`;
  await signIn(page, member, "/images/new");
  await fillUrl(page, web.url("never.raw"), name);
  await field(page, "Format").selectOption("raw");
  await page.getByRole("button", create).click();
  await expect(page.getByRole("main").getByRole("alert").filter({ hasText: "403" })).toBeVisible();
  await page.goto("/images");
  await expect(page.getByRole("table", { name: "Images" }).getByRole("link").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Uploads" })).toHaveCount(0);
});

test("what is corrected after an unclear failure is what is fetched, into the record that was made", async ({ page, member, temporary, web }) => {
  const [typo, name] = [unique("typo"), unique("corrected")];
  const url = web.put("right.raw", temporary(raw(4096)));
  const api = await member.api();
  await signIn(page, member, "/images/new");
  await fillUrl(page, web.url("wrong.raw"), typo);
  // The record is made, but a proxy gives up, and does not find it either.
  const one = /\/v2\/images(\/[0-9a-f-]{36})?$/;
  await page.route(one, async (route) => {
    if (route.request().method() === "POST") await route.fetch();
    await route.fulfill({ status: 504, body: "Gateway Timeout" });
  });
  await page.getByRole("button", create).click();
  await expect(alert(page, "504")).toBeVisible();
  const [made] = await api.imagesNamed(typo);
  await page.unroute(one);
  await field(page, "Image URL").fill(url);
  await field(page, "Image name").fill(name);
  await page.getByRole("radio", { name: "Shared" }).check();
  await submit(page);
  await expect(upload(page, name)).toContainText("Active");
  expect(await api.imagesNamed(name)).toMatchObject([{ id: made.id, status: "active", visibility: "shared" }]);
  expect(await api.imagesNamed(typo)).toEqual([]);
  // The first address is nothing to come back to.
  expect(await page.evaluate(() => localStorage.getItem("sextant.imports"))).toBeNull();
  await page.reload();
  await expect(rowOf(page, name)).toContainText("Active");
  await expect(page.getByRole("region", { name: "Uploads" })).toHaveCount(0);
});

test("an import goes on through a reload, however soon", { tag: "@cloud" }, async ({ page, member, temporary, web }) => {
  const name = unique("reloaded");
  const url = fetchable(web, "soon.qcow2", temporary(qcow2()));
  await signIn(page, member, "/images/new");
  await fillUrl(page, url, name);
  await submit(page);
  await expect(upload(page, name)).toContainText(url);
  await page.reload();
  await expect(rowOf(page, name)).toContainText("Active");
  const images = await (await member.api()).imagesNamed(name);
  expect(images).toMatchObject([{ status: "active" }]);
});

test("cancelling an import deletes its record, also a protected one", async ({ page, member, temporary, web }) => {
  const url = web.put("never.raw", temporary(raw(MiB)));
  web.hold("never.raw");
  const name = unique("given-up");
  await signIn(page, member, "/images/new");
  await fillUrl(page, url, name);
  await page.getByRole("checkbox", { name: "Protected" }).check();
  await submit(page);
  await expect(upload(page, name)).toContainText("The cloud is fetching it");
  await upload(page, name).getByRole("button", { name: "Cancel" }).click();
  await expect(upload(page, name)).toHaveCount(0);
  await expect(rowOf(page, name)).toHaveCount(0);
  expect(await (await member.api()).imagesNamed(name)).toEqual([]);
});

test("a failed import says what the cloud says and what is likely, and is tried again", async ({ page, member, temporary, web }) => {
  const url = web.url("late.qcow2");
  const name = unique("late");
  await signIn(page, member, "/images/new");
  await fillUrl(page, url, name);
  await submit(page);
  const entry = upload(page, name);
  await expect(entry).toContainText("The cloud says: Task failed due to Internal Error");
  await expect(entry).toContainText(/req-/);
  await expect(entry).toContainText(/Likely: the address means this computer to you/);
  await expect(entry).toContainText(/Possible: .*there is no such file/);
  await expect(page.getByRole("alert").filter({ hasText: `The import of “${name}” failed` })).toHaveCount(1);
  await expect(rowOf(page, name)).toContainText("Queued");
  // It is still known after a reload.
  await page.reload();
  await expect(entry).toContainText("The cloud says: Task failed due to Internal Error");
  web.put("late.qcow2", temporary(qcow2()));
  await entry.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(entry).toContainText("Active");
  expect((await (await member.api()).imagesNamed(name)).map((image) => image.status)).toEqual(["active"]);
});

test("the format of a failed import is set right in the tray, and the cloud fetches it again", async ({ page, member, temporary, web }) => {
  const url = web.put("mislabelled.qcow2", temporary(raw(MiB)));
  const name = unique("mislabelled");
  await signIn(page, member, "/images/new");
  await fillUrl(page, url, name);
  await submit(page);
  const entry = upload(page, name);
  await expect(entry).toContainText("Task failed due to Internal Error");
  await field(entry, "Format").selectOption("raw");
  await expectAccessible(page);
  await entry.getByRole("button", { name: "Set format to raw and retry" }).click();
  await expect(entry).toContainText("Active");
  const records = await (await member.api()).imagesNamed(name);
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ status: "active", disk_format: "raw", container_format: "bare" });
});

test("a failed import that the tray has forgotten is mended from the image's history", async ({ page, browser, baseURL, member, temporary, web }) => {
  const url = web.put("forgotten.qcow2", temporary(raw(MiB)));
  const name = unique("forgotten");
  await signIn(page, member, "/images/new");
  await fillUrl(page, url, name);
  await submit(page);
  await expect(upload(page, name)).toContainText("Task failed due to Internal Error");
  await upload(page, name).getByRole("button", { name: "Dismiss" }).click();
  const api = await member.api();
  const [record] = await api.imagesNamed(name);

  // In a browser that has never heard of it.
  const another = await browser.newContext({ baseURL });
  const elsewhere = await another.newPage();
  await signIn(elsewhere, member, `/images/${record.id}?tab=history`);
  const history = elsewhere.getByRole("list", { name: "Imports" }).getByRole("listitem");
  const last = history.filter({ hasText: "web-download" }).first();
  await expect(last).toContainText("Failed");
  await last.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(upload(elsewhere, name)).toContainText("Task failed due to Internal Error");
  await expect(history.filter({ hasText: "web-download" })).toHaveCount(2);
  await upload(elsewhere, name).getByRole("button", { name: "Dismiss" }).click();
  await api.patchImage(record.id, [{ op: "replace", path: "/container_format", value: "docker" }]);
  await elsewhere.reload();
  await field(last, "Format").selectOption("raw");
  await expectAccessible(elsewhere);
  await last.getByRole("button", { name: "Set format to raw and retry" }).click();
  await expect(upload(elsewhere, name)).toContainText("Active");
  await expect(history.filter({ hasText: "web-download" }).first()).toContainText("Done");
  await expect(history.getByRole("button", { name: "Retry", exact: true })).toHaveCount(0);
  // The container was somebody's choice.
  expect(await api.getImage(record.id)).toMatchObject({ status: "active", disk_format: "raw", container_format: "docker" });
  await another.close();
});

test("why the history can’t be read stays said until the cloud answers again", async ({ page, member, temporary, web }) => {
  const url = web.put("watched.raw", temporary(raw(6 * MiB)));
  web.hold("watched.raw");
  const api = await member.api();
  const image = await api.createImage({ name: unique("watched"), disk_format: "raw" });
  await api.call("POST", `${api.image}/images/${image.id}/import`, { method: { name: "web-download", uri: url } });
  let asked = 0;
  let failures = 0;
  let answer = () => {};
  const held = new Promise<void>((done) => (answer = done));
  await page.route("**/tasks", async (route) => {
    if ((asked += 1) > 1 && failures < 3) {
      const headers = { "x-openstack-request-id": `req-${(failures += 1)}` };
      return route.fulfill({ status: 503, json: { message: "Busy just now" }, headers });
    }
    if (failures > 0) await held;
    await route.continue();
  });
  await signIn(page, member, `/images/${image.id}?tab=history`);
  // It is asked again every few seconds, while the cloud fetches.
  const again = alert(page, "Busy just now").getByRole("button", { name: "Try again" });
  await expect(again).toBeVisible({ timeout: 20_000 });
  await again.focus();
  await expect.poll(() => failures, { timeout: 20_000 }).toBe(3);
  await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(4);
  // Each of them had another request id, and said the same.
  await expect(again).toBeFocused();
  answer();
  await expect(alert(page, "Busy just now")).toHaveCount(0);
  web.release("watched.raw");
  await expect(page.getByRole("list", { name: "Imports" })).toContainText("Done");
});

test("the empty record of a failed import can be deleted", { tag: "@cloud" }, async ({ page, member }) => {
  const name = unique("hopeless");
  await signIn(page, member, "/images/new");
  await fillUrl(page, "http://127.0.0.1:80/hopeless-nothing-here.qcow2", name);
  await submit(page);
  await expect(upload(page, name)).toContainText("Task failed due to Internal Error");
  await upload(page, name).getByRole("button", { name: "Delete the record" }).click();
  await expect(upload(page, name)).toHaveCount(0);
  expect(await (await member.api()).imagesNamed(name)).toEqual([]);
});

test("an address that the cloud's filter refuses is mended in place", { tag: "@cloud" }, async ({ page, member, temporary, web }) => {
  const name = unique("filtered");
  await signIn(page, member, "/images/new");
  await fillUrl(page, "http://127.0.0.1:22/x.qcow2", name);
  await field(page, "Description").fill("kept");
  await page.getByRole("button", create).click();
  const url = field(page, "Image URL");
  await expect(url).toHaveAccessibleDescription(/URI for web-download does not pass filtering/);
  await expect(url).toBeFocused();
  await expect(field(page, "Image name")).toHaveValue(name);
  expect(await (await member.api()).imagesNamed(name)).toEqual([]);
  await url.fill(fetchable(web, "allowed.qcow2", temporary(qcow2())));
  await expect(url).not.toHaveAccessibleDescription(/filtering/);
  await submit(page);
  await expect(upload(page, name)).toContainText("Active");
  expect((await (await member.api()).imagesNamed(name))[0]).toMatchObject({ description: "kept" });
});

test("what is no address, and a packed file, is said before anything is sent", { tag: "@cloud" }, async ({ page, member }) => {
  let posts = 0;
  page.on("request", (request) => (posts += request.method() === "POST" && request.url().includes("/v2/images") ? 1 : 0));
  await signIn(page, member, "/images/new");
  await fillUrl(page, "ftp://example.org/x.img", unique("ftp"));
  await page.getByRole("button", create).click();
  await expect(field(page, "Image URL")).toHaveAccessibleDescription(/begins with http/);
  await expect(field(page, "Image URL")).toBeFocused();
  await field(page, "Image URL").fill("https://user:secret@example.org/x.img");
  await expect(field(page, "Image URL")).toHaveAccessibleDescription(/without a user name or password/);
  await field(page, "Image URL").fill("https://example.org/x.qcow2.xz");
  await expect(field(page, "Image URL")).toHaveAccessibleDescription(/\.xz file is packed/);
  expect(posts).toBe(0);
});

test("a cloud that fetches nothing offers files only, and says why", async ({ page, member }) => {
  // The demo cloud always offers web-download: what a cloud without it answers is put in here.
  const methods = { "import-methods": { type: "array", value: ["glance-direct"] } };
  await page.route("**/v2/info/import", (route) => route.fulfill({ json: methods }));
  await signIn(page, member, "/images/new");
  for (const name of ["URL", "Ready-made"]) {
    await expectRefused(source(page, name), /does not offer “web-download”/);
    await source(page, name).click({ force: true });
    await expect(source(page, "File")).toBeChecked();
  }
});

test("one click on a ready-made image fills the form, and its checksum is compared", { tag: "@cloud" }, async ({ page, member, temporary, web }) => {
  const file = temporary(qcow2());
  const url = fetchable(web, "ready.img", file);
  const published = createHash("sha512").update(Buffer.from(await (await fetch(url)).arrayBuffer())).digest("hex");
  const entry = {
    name: "Testix", version: "1.0", architecture: "aarch64", url, format: "qcow2", min_disk: 2, min_ram: 512,
    properties: { os_distro: "testix", os_version: "1.0" }, checksum: `sha512:${published}`,
  };
  const wrong = { ...entry, version: "2.0", checksum: `sha512:${"0".repeat(128)}` };
  const other = { ...entry, version: "3.0", architecture: "x86_64", checksum: `sha256:${"0".repeat(64)}` };
  await withGallery(page, [entry, wrong, other]);
  await signIn(page, member, "/images/new");
  await source(page, "Ready-made").click();
  const gallery = page.getByRole("list", { name: "Ready-made images" });
  await expect(gallery.getByRole("listitem")).toHaveCount(3);
  await field(page, "Search ready-made images").fill("testix 2.0");
  await expect(gallery.getByRole("listitem")).toHaveCount(1);
  await field(page, "Search ready-made images").fill("");
  await field(page, "Show architecture").selectOption("x86_64");
  await expect(gallery.getByRole("listitem")).toHaveText(/Testix 3.0/);
  await field(page, "Show architecture").selectOption("");

  await gallery.getByRole("button", { name: "Use Testix 1.0 aarch64" }).click();
  await expect(field(page, "Image URL")).toHaveValue(url);
  await expect(field(page, "Image name")).toHaveValue("Testix 1.0 aarch64");
  await expect(field(page, "Format")).toHaveValue("qcow2");
  await expect(field(page, "Architecture")).toHaveValue("aarch64");
  await expect(field(page, "Minimum disk (GB)")).toHaveValue("2");
  await expect(field(page, "Minimum RAM (MB)")).toHaveValue("512");
  await expectAccessible(page);
  await submit(page);
  const right = upload(page, "Testix 1.0 aarch64");
  await expect(right).toContainText("Verified: the bytes in the cloud have the published sha512 checksum.");
  const [record] = await (await member.api()).imagesNamed("Testix 1.0 aarch64");
  await right.getByRole("button", { name: "Dismiss" }).click();
  expect(record).toMatchObject({ os_distro: "testix", os_version: "1.0", architecture: "aarch64", min_disk: 2, min_ram: 512 });

  for (const [title, words] of [
    ["Testix 2.0 aarch64", "Don’t use this image"],
    ["Testix 3.0 x86_64", "Not verified: a sha256 checksum was published"],
  ]) {
    await navigation(page, "Images").click();
    await page.getByRole("main").getByRole("link", create).click();
    await source(page, "Ready-made").click();
    await gallery.getByRole("button", { name: `Use ${title}` }).click();
    await submit(page);
    await expect(upload(page, title)).toContainText(words);
    await expectAccessible(page);
    // Out of the way of the form.
    await upload(page, title).getByRole("button", { name: "Dismiss" }).click();
  }
});

test("an address typed over that of a ready-made image is not held to its checksum", async ({ page, member, temporary, web }) => {
  const mine = web.put("mine.qcow2", temporary(qcow2()));
  await withGallery(page, [{ name: "Pinned", url: "https://h.example/pinned.qcow2", format: "qcow2", checksum: `sha512:${"0".repeat(128)}` }]);
  await signIn(page, member, "/images/new");
  await source(page, "Ready-made").click();
  await page.getByRole("button", { name: "Use Pinned" }).click();
  await field(page, "Image URL").fill(mine);
  const name = unique("mirror");
  await field(page, "Image name").fill(name);
  await submit(page);
  await expect(upload(page, name)).toContainText("Active");
  await expect(upload(page, name)).not.toContainText(/Don’t use this image|Verified/);
});

test("another ready-made image replaces what the one before had set, and nothing that was typed", async ({ page, member }) => {
  await withGallery(page, [
    { name: "A", url: "https://h.example/a.qcow2", format: "qcow2", properties: { os_distro: "a", hw_a: "1" } },
    { name: "B", url: "https://h.example/b.raw", format: "raw", properties: { os_distro: "b" } },
  ]);
  await signIn(page, member, "/images/new");
  await field(page, "Description").fill("mine");
  await source(page, "Ready-made").click();
  await page.getByRole("button", { name: "Use A" }).click();
  await page.getByRole("button", { name: "Use B" }).click();
  await expect(field(page, "Format")).toHaveValue("raw");
  await expect(field(page, "Image name")).toHaveValue("B");
  await expect(field(page, "Description")).toHaveValue("mine");
  await page.getByText("Show the command", { exact: true }).click();
  const command = page.getByLabel("Show the command", { exact: true }).filter({ hasText: "openstack" });
  await expect(command).toContainText("--property os_distro=b");
  await expect(command).not.toContainText("hw_a");
  await expect(command).toContainText('openstack image import --method web-download --uri https://h.example/b.raw "$image"');
});

test("the metadata pane follows another ready-made image; what was typed in it stays, is checked and is sent", async ({ page, member }) => {
  await withGallery(page, [
    { name: "A", url: "https://h.example/a.raw", format: "raw", properties: { os_distro: "a", os_version: "1", os_license: "1", hw_a: "1" } },
    { name: "B", url: "https://h.example/b.raw", format: "raw", properties: { os_distro: "b", os_version: "1", os_license: "1" } },
  ]);
  await signIn(page, member, "/images/new");
  await source(page, "Ready-made").click();
  await page.getByRole("button", { name: "Use A" }).click();
  await page.getByText("Metadata", { exact: true }).click();
  const set = page.getByRole("region", { name: "Set now", exact: true });
  await expect(field(set, "os_distro")).toHaveValue("a");
  for (const key of ["own", "hw_own"]) {
    await field(page, "New key").fill(key);
    await field(page, "New key").press("Enter");
  }
  await field(set, "own").fill("1");
  await set.getByRole("button", { name: "Remove os_license", exact: true }).click();
  await page.getByRole("button", { name: "Use B" }).click();
  await expect(field(set, "os_distro")).toHaveValue("b");
  await expect(field(set, "os_license")).toHaveCount(0);
  await expect(field(set, "hw_a")).toHaveCount(0);
  await expect(field(set, "own")).toHaveValue("1");
  await page.getByRole("button", create).click();
  await expect(field(set, "hw_own")).toBeFocused();
  await expect(field(set, "hw_own")).toHaveAccessibleDescription(/Give it a value/);
  // What is shown is what is sent, also of the fields that were there before.
  for (const [key, value] of [["hw_own", "x"], ["own", "2"], ["os_distro", "mine"], ["os_version", "9"]] as const) {
    await field(set, key).fill(value);
  }
  await page.getByText("Show the command", { exact: true }).click();
  const command = page.getByLabel("Show the command", { exact: true }).filter({ hasText: "openstack" });
  for (const property of ["hw_own=x", "own=2", "os_distro=mine", "os_version=9"]) await expect(command).toContainText(`--property ${property}`);
  // What was typed over it is the person's.
  await page.getByRole("button", { name: "Use A" }).click();
  await expect(field(set, "hw_a")).toHaveValue("1");
  await expect(field(set, "os_distro")).toHaveValue("mine");
});

test("without a choice among the ready-made images nothing is created, and the button says why", async ({ page, member }) => {
  await withGallery(page, [{ name: "A", url: "https://h.example/a.raw", format: "raw" }]);
  await signIn(page, member, "/images/new");
  await fillUrl(page, "https://h.example/typed.raw", unique("unchosen"));
  await source(page, "Ready-made").click();
  await field(page, "Image name").fill(unique("unchosen"));
  await field(page, "Format").selectOption("raw");
  await expectRefused(page.getByRole("button", create), /No ready-made image is chosen/);
  await page.getByRole("button", { name: "Use A" }).click();
  await expectAllowed(page.getByRole("button", create));
});

test("while a record is made the form takes neither keys nor files, and after a refusal the focus is where it was", async ({ page, member, web }) => {
  const typed = `${unique("held")}-demo-fail-403`;
  const name = field(page, "Image name");
  const form = page.locator("form", { has: name });
  await signIn(page, member, "/images/new");
  await fillUrl(page, web.url("never.raw"), typed);
  await field(page, "Format").selectOption("raw");
  const release = await holdBack(page, "**/v2/images", (request) => request.method() === "POST");
  await name.press("Enter");
  await expect(form).toHaveAttribute("aria-busy", "true");
  await expect(name).not.toBeFocused();
  await page.keyboard.type("lost");
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(["late"], "late.raw"));
    for (const type of ["dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
  });
  release();
  await expect(alert(page, "403")).toBeVisible();
  await expect(name).toHaveValue(typed);
  await expect(name).toBeFocused();
  await expect(source(page, "URL")).toBeChecked();
  await expect(form).not.toHaveAttribute("aria-busy");
});

test("what one source brought goes with it, and what was typed stays", async ({ page, member }) => {
  const properties = { os_distro: "a", hw_disk_bus: "scsi", architecture: "s390x", description: "Theirs" };
  await withGallery(page, [{ name: "Entry", url: "https://h.example/e.raw", format: "raw", min_disk: 7, properties }]);
  await signIn(page, member, "/images/new");
  await field(page, "Minimum RAM (MB)").fill("64");
  const expectFields = async (name: string, format: string, architecture: string, minDisk: string, description: string) => {
    await expect(field(page, "Image name")).toHaveValue(name);
    await expect(field(page, "Format")).toHaveValue(format);
    await expect(field(page, "Architecture")).toHaveValue(architecture);
    await expect(field(page, "Minimum disk (GB)")).toHaveValue(minDisk);
    await expect(field(page, "Description")).toHaveValue(description);
    await expect(field(page, "Minimum RAM (MB)")).toHaveValue("64");
  };
  const named = (name: string, bytes: number) => ({ name, mimeType: "", buffer: Buffer.alloc(bytes, 7) });
  await pickFiles(page, named("noble-amd64.raw", 4096));
  await expect(field(page, "Architecture")).toHaveValue("x86_64");
  await source(page, "URL").click();
  await expectFields("", "", "", "0", "");
  await field(page, "Image URL").fill("https://h.example/live-arm64.iso");
  await expectFields("live-arm64", "iso", "aarch64", "0", "");
  await source(page, "Ready-made").click();
  await page.getByRole("button", { name: "Use Entry" }).click();
  await expect(field(page, "Image name")).toHaveValue("Entry s390x");
  await expect(field(page, "Minimum RAM (MB)")).toHaveValue("0");
  await field(page, "Minimum RAM (MB)").fill("64");
  await expectFields("Entry s390x", "raw", "s390x", "7", "Theirs");
  await source(page, "File").click();
  await expectFields("noble-amd64", "raw", "x86_64", "0", "");
  await page.getByText("Show the command", { exact: true }).click();
  const command = page.getByLabel("Show the command", { exact: true }).filter({ hasText: "openstack" });
  await expect(command).toContainText("noble-amd64");
  await expect(command).not.toContainText(/os_distro|hw_disk_bus|s390x/);
  // What was guessed for one file is no other's: of two kinds there is none to fill in.
  await pickFiles(page, named("a-arm64.raw", 4096), named("b-amd64.raw", 8192));
  await expect(field(page, "Architecture")).toHaveValue("");
  await pickFiles(page, named("a-arm64.raw", 4096), named("b-arm64.raw", 8192));
  await expect(field(page, "Architecture")).toHaveValue("aarch64");
});

test("what a ready-made image says of the form's own fields stands in them, and the image can be created", async ({ page, member, temporary, web }) => {
  const url = web.put("described.qcow2", temporary(qcow2()));
  const properties = { description: "Small, for tests", architecture: "aarch64", kernel_id: "", os_distro: "a" };
  await withGallery(page, [
    { name: "Described", url, format: "qcow2", properties },
    { name: "Plain", url: "https://h.example/b.raw", format: "raw" },
  ]);
  await signIn(page, member, "/images/new");
  await source(page, "Ready-made").click();
  await page.getByRole("button", { name: "Use Described" }).click();
  await expect(field(page, "Description")).toHaveValue("Small, for tests");
  await expect(field(page, "Architecture")).toHaveValue("aarch64");
  // It goes with its entry, as all that was not typed.
  await page.getByRole("button", { name: "Use Plain" }).click();
  await expect(field(page, "Description")).toHaveValue("");
  await page.getByRole("button", { name: "Use Described" }).click();
  const name = unique("described");
  await field(page, "Image name").fill(name);
  await submit(page);
  await expect(upload(page, name)).toContainText("Active");
  const [record] = await (await member.api()).imagesNamed(name);
  expect(record).toMatchObject({ description: "Small, for tests", architecture: "aarch64", os_distro: "a" });
});

test("the gallery that we ship is sound", async ({ page, member }) => {
  await signIn(page, member, "/images/new");
  await source(page, "Ready-made").click();
  const gallery = page.getByRole("list", { name: "Ready-made images" });
  for (const name of ["Ubuntu", "Debian", "Fedora", "Rocky Linux", "openSUSE", "CirrOS"]) {
    await expect(gallery.getByRole("listitem").filter({ hasText: name }).first()).toBeVisible();
  }
  await expect(page.getByText(/gallery\.json/)).toHaveCount(0);
});

test("mistakes in gallery.json are named, and spare the sound entries", async ({ page, member }) => {
  await withGallery(page, [
    { name: "Sound", url: "https://h.example/a.qcow2", format: "qcow2" },
    { name: "Broken", url: "ftp://h.example/a.qcow2", format: "qcow2", colour: "<b>blue</b>" },
  ]);
  await signIn(page, member, "/images/new");
  await source(page, "Ready-made").click();
  await expect(page.getByText(/images\[1\] \(Broken\)\.url/)).toBeVisible();
  await expect(page.getByText(/images\[1\] \(Broken\)\.colour/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Use Sound" })).toBeVisible();
  await expect(page.getByRole("button", { name: /Broken/ })).toHaveCount(0);
});

test("a gallery that is not there is said", async ({ page, member }) => {
  await page.route("**/gallery.json", (route) => route.fulfill({ status: 404 }));
  await signIn(page, member, "/images/new");
  await source(page, "Ready-made").click();
  await expect(page.getByText(/gallery\.json, can’t be had \(HTTP 404\)/)).toBeVisible();
});

test("an import goes to the store that was chosen", { tag: "@cloud" }, async ({ page, member, temporary, web }) => {
  const name = unique("archived");
  await signIn(page, member, "/images/new");
  await page.getByText("Advanced", { exact: true }).click();
  await fillUrl(page, fetchable(web, "archived.qcow2", temporary(qcow2())), name);
  const store = field(page, "Store");
  await expect(store.getByRole("option").first()).toHaveText(/default \(local\)/);
  await store.selectOption("archive");
  await submit(page);
  await expect(upload(page, name)).toContainText("Active");
  expect((await (await member.api()).imagesNamed(name))[0].stores).toBe("archive");
});

test("an administrator copies an image to another store and removes a copy, but never the last", { tag: "@cloud" }, async ({ page, account, temporary }) => {
  const admin = await account("admin");
  const api = await admin.api();
  const image = await api.createImage({ name: unique("copied"), disk_format: "qcow2", container_format: "bare" }, temporary(qcow2()));
  await signIn(page, admin, `/images/${image.id}`);
  const stores = page.getByRole("region", { name: "Copies" });
  await expectRefused(stores.getByRole("button", { name: "Remove the copy in local" }), /only copy/);
  await stores.getByRole("button", { name: "Copy to archive" }).click();
  await expect(upload(page, image.name)).toContainText("Copied to archive");
  await expect(upload(page, image.name).getByRole("button", { name: "Cancel" })).toHaveCount(0);
  await expect(stores.getByRole("button", { name: "Remove the copy in archive" })).toBeVisible();
  expect((await api.call("GET", `${api.image}/images/${image.id}`)).stores.split(",").sort()).toEqual(["archive", "local"]);

  await stores.getByRole("button", { name: "Remove the copy in local" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove this copy?" });
  await expect(dialog).toContainText(image.name);
  await dialog.getByRole("button", { name: "Remove copy" }).click();
  await expect(stores.getByRole("button", { name: "Copy to local" })).toBeVisible();
  expect((await api.call("GET", `${api.image}/images/${image.id}`)).stores).toBe("archive");
  await expectRefused(stores.getByRole("button", { name: "Remove the copy in archive" }), /only copy/);
});

test("a member reads where the copies are, and why only an administrator makes one", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("mine"), disk_format: "qcow2", container_format: "bare" }, temporary(qcow2()));
  await signIn(page, member, `/images/${image.id}`);
  const stores = page.getByRole("region", { name: "Copies" });
  await expectRefused(stores.getByRole("button", { name: "Copy to archive" }), /[Aa]dministrator/);
  await expectAccessible(page);
});
