import { alert, expectAccessible, expectMessage, expectRefused, heading, signIn } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

async function open(page: Page, tab: string) {
  await page.getByRole("tab", { name: tab, exact: true }).click();
  await expect(page.getByRole("tabpanel", { name: tab })).toBeVisible();
}

/** The value beside a name on the overview. */
function fact(page: Page, name: string) {
  return page.getByRole("term").filter({ hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]");
}

test("everything that Glance returns stands on the page", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const fields = { min_disk: 3, min_ram: 640, tags: ["blue", "green"], os_distro: "ubuntu", os_version: "24.04", hw_disk_bus: "virtio", "odd/key~": "yes" };
  const image = await api.createImage({ name: unique("whole"), description: "What it is for", ...fields }, anyQcow2());
  await signIn(page, member, `/images/${image.id}`);
  await expect(heading(page, image.name)).toBeVisible();
  for (const [name, value] of [
    ["ID", image.id],
    ["Description", "What it is for"],
    ["Tags", "blue, green"],
    ["Min disk", "3 GB"],
    ["Min RAM", "640 MB"],
    ["Distribution", "ubuntu"],
    ["Version", "24.04"],
    ["Hash (sha512)", image.os_hash_value],
    ["Visibility", "Private"],
  ]) {
    await expect(fact(page, name.replace(/[()]/g, "\\$&"))).toContainText(value);
  }
  await page.getByText("As Glance says it (JSON)").click();
  await expect(page.getByText(`"odd/key~": "yes"`)).toBeVisible();
  await open(page, "Properties");
  const row = page.getByRole("table", { name: "Properties" }).getByRole("row").filter({ hasText: "hw_disk_bus" });
  await expect(row).toContainText("virtio");
  await expect(row).toContainText(/disk/i);
  await expect(page.getByRole("row").filter({ hasText: "odd/key~" })).toContainText("Not described by this cloud");
});

test("an image without a name has a title all the same", async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: null });
  await signIn(page, member, "/images?tab=yours");
  await page.getByRole("table", { name: "Images" }).getByRole("link", { name: "(no name)", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/images/${image.id}`));
  await expect(heading(page, "(no name)")).toBeVisible();
  await expect(page).toHaveTitle(/^\(no name\)/);
  await expect(fact(page, "ID")).toContainText(image.id);
});

test("the tab stands in the address, and Back works", { tag: "@cloud" }, async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("tabs") });
  await signIn(page, member, `/images/${image.id}?tab=history`);
  await expect(page.getByRole("tab", { name: "History" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByText(/No import is known/)).toBeVisible();
  await open(page, "Used by");
  await expect(page).toHaveURL(/tab=used-by/);
  await expect(page.getByText(/No instance of your project/)).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("tab", { name: "History" })).toHaveAttribute("aria-selected", "true");
  await page.getByRole("tab", { name: "History" }).focus();
  await page.keyboard.press("Home");
  await expect(page.getByRole("tab", { name: "Overview" })).toBeFocused();
  await expect(fact(page, "ID")).toContainText(image.id);
});

test("every flavor fits or says why not, in a picture and a table", { tag: "@cloud" }, async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("needy"), min_ram: 1_000_000 }, anyQcow2());
  await signIn(page, member, `/images/${image.id}?tab=fits`);
  await expect(page.getByRole("img", { name: /0 of \d+ flavors can run this image/ })).toBeVisible();
  const rows = page.getByRole("table", { name: "Flavor" }).getByRole("row");
  expect(await rows.count()).toBeGreaterThan(2);
  for (const row of (await rows.all()).slice(1)) await expect(row).toContainText(/needs .*RAM/i);
  await expect(page.getByRole("radio")).toHaveCount(0);
});

test("instances that boot from it are listed, with a link", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("booted") }, anyQcow2());
  const network = await api.createNetwork(unique("net"), "10.98.0.0/24");
  const name = unique("server");
  await api.createServer(name, image.id, "m1.tiny", [{ uuid: network.id }]);
  await signIn(page, member, `/images/${image.id}?tab=used-by`);
  await page.getByRole("table", { name: "Used by" }).getByRole("link", { name }).click();
  await expect(heading(page, name)).toBeVisible();
});

test("instances that boot from it are all listed and named, where Nova tells one at a time", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("booted-often") }, anyQcow2());
  const network = await api.createNetwork(unique("net"), "10.97.0.0/24");
  const names = [unique("first"), unique("second"), unique("third")];
  for (const name of names) await api.createServer(name, image.id, "m1.tiny", [{ uuid: network.id }]);
  await page.route(/\/servers\/detail/, (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set("limit", "1");
    return route.continue({ url: `${url}` });
  });
  await signIn(page, member, `/images/${image.id}?tab=used-by`);
  const links = page.getByRole("table", { name: "Used by" }).getByRole("link");
  // Nova orders them by the second of their creation: of those of one second, any may come first.
  await expect.poll(async () => (await links.allTextContents()).sort()).toEqual([...names].sort());
  await page.getByRole("main").getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  for (const name of names) await expect(dialog).toContainText(name);
});

test("a failed import shows its message, and what may have been the cause", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("imported") });
  const body = { method: { name: "web-download", uri: "http://127.0.0.1/nothing.qcow2" } };
  await api.call("POST", `${api.image}/images/${image.id}/import`, body);
  await signIn(page, member, `/images/${image.id}?tab=history`);
  const entry = page.getByRole("list", { name: "Imports" }).getByRole("listitem").first();
  await expect(entry).toContainText("web-download");
  await expect(entry).toContainText("Failed");
  await expect(entry).toContainText(/error/i);
  await expect(entry).toContainText(/Likely: the address means this computer/);
});

test("a copied link lands a colleague in the right project", { tag: "@cloud" }, async ({ page, browser, member, steward }) => {
  const image = await (await member.api()).createImage({ name: unique("linked") });
  const other = await steward.project("other");
  await steward.grant(member, other, "member");
  // Granted after the first sign-in: the person now chooses a project.
  await page.goto(`/images/${image.id}?project=${member.project.id}`);
  await page.getByLabel("User name", { exact: true }).fill(member.user);
  await page.getByLabel("Password", { exact: true }).fill(member.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: new RegExp(other.name) }).click();
  await expect(heading(page, image.name)).toBeVisible();
  await expect(page.getByRole("button", { name: `Project: ${member.project.name}` })).toBeVisible();
  expect(page.url()).not.toContain("project=");

  // Somebody without a role there is told so.
  const stranger = await steward.person("stranger");
  await steward.grant(stranger, other, "member");
  const elsewhere = await browser.newPage();
  await signIn(elsewhere, stranger, `/images/${image.id}?project=${member.project.id}`);
  await expect(elsewhere.getByText(/which you have no role in/)).toBeVisible();
  await expect(alert(elsewhere, /404/)).toBeVisible();
  await elsewhere.close();
});

test("the link that is copied names the project and the tab", async ({ page, context, member }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const image = await (await member.api()).createImage({ name: unique("linked") });
  await signIn(page, member, `/images/${image.id}?tab=fits`);
  await page.getByRole("button", { name: "Copy link", exact: true }).click();
  await expectMessage(page, /Link copied/);
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).pathname).toBe(`/images/${image.id}`);
  expect(Object.fromEntries(new URL(link).searchParams)).toEqual({ tab: "fits", project: member.project.id });
});

test("the hash and the checksum are copied as they are", async ({ page, context, member }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const image = await (await member.api()).createImage({ name: unique("hashed") }, anyQcow2());
  const { checksum, os_hash_value } = await (await member.api()).getImage(image.id);
  await signIn(page, member, `/images/${image.id}`);
  for (const [label, value] of [["Copy: Hash (sha512)", os_hash_value], ["Copy: Checksum (MD5)", checksum]]) {
    await page.getByRole("button", { name: label, exact: true }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(value);
  }
});

test("the page follows an image that changes by itself", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("live") });
  await signIn(page, member, `/images/${image.id}`);
  await expect(page.getByText("Queued", { exact: true }).first()).toBeVisible();
  await expectRefused(page.getByRole("main").getByRole("button", { name: "Launch", exact: true }), /Queued/);
  await api.uploadImage(image.id, anyQcow2());
  await expect(page.getByText("Active", { exact: true }).first()).toBeVisible({ timeout: 15_000 });
});

test("every tab is accessible, in light and in dark", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("tabs"), visibility: "shared", os_distro: "ubuntu" }, anyQcow2());
  await api.call("POST", `${api.image}/images/${image.id}/members`, { member: "0123456789abcdef0123456789abcdef" });
  await signIn(page, member, `/images/${image.id}`);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const tab of ["Overview", "Properties", "Sharing", "Fits", "Used by", "History"]) {
      await open(page, tab);
      await expect(page.getByRole("tabpanel").getByText("Loading…")).toHaveCount(0);
      await expectAccessible(page);
    }
  }
});
