import { alert, expectRefused, rowOf, search, signIn } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

async function tick(page: Page, ...names: string[]) {
  for (const name of names) await page.getByRole("checkbox", { name: `Select ${name}`, exact: true }).check();
}

/** The bar of the ticked images. */
function bar(page: Page) {
  return page.getByRole("region", { name: "Selection" });
}

async function more(page: Page, item: string) {
  await bar(page).getByRole("button", { name: "More actions for the selection" }).click();
  return page.getByRole("menu").getByRole("menuitem", { name: item, exact: true });
}

test("several images are deleted, and those that can't be are left out with the reason", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const word = unique("batch");
  const images = [];
  for (const at of [1, 2, 3]) images.push(await api.createImage({ name: `${word}-${at}` }));
  const kept = await api.createImage({ name: `${word}-kept`, protected: true });
  await signIn(page, member);
  await search(page, word);
  await tick(page, ...images.map((image) => image.name), kept.name);
  await bar(page).getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Delete images" });
  for (const image of images) await expect(dialog).toContainText(image.name);
  await expect(dialog).toContainText("One image is left out");
  await expect(dialog.getByRole("listitem").filter({ hasText: kept.name })).toContainText(/Protected/);
  // Enter by accident deletes nothing.
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: "Delete images", exact: true }).click();
  await expect(dialog).toContainText("3 images were deleted.");
  await expect(dialog.getByRole("listitem")).toHaveCount(3);
  for (const image of images) await expect(dialog.getByRole("listitem").filter({ hasText: image.name })).toBeVisible();
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  for (const image of images) await expect(rowOf(page, image.name)).toHaveCount(0);
  await expect(rowOf(page, kept.name)).toBeVisible();
  expect(await api.imagesNamed(images[0].name)).toEqual([]);
});

test("a partial failure: the ones deleted go, the others stay with their reasons, and can be tried again", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const word = unique("part");
  const good = await api.createImage({ name: `${word}-good` });
  const late = await api.createImage({ name: `${word}-late` });
  await signIn(page, member);
  await search(page, word);
  await tick(page, good.name, late.name);
  await bar(page).getByRole("button", { name: "Delete", exact: true }).click();
  // Protected at the last moment: earlier, the list would know it, and the dialog would leave the image out.
  await page.route(`**/images/${late.id}`, async (route) => {
    if (route.request().method() === "DELETE") await api.patchImage(late.id, [{ op: "replace", path: "/protected", value: true }]);
    await route.continue();
  });
  const dialog = page.getByRole("dialog", { name: "Delete images" });
  await dialog.getByRole("button", { name: "Delete images", exact: true }).click();
  await expect(alert(dialog, "is protected and cannot be deleted")).toContainText(late.name);
  await expect(dialog).toContainText("One image was deleted.");
  await page.unroute(`**/images/${late.id}`);
  await api.patchImage(late.id, [{ op: "replace", path: "/protected", value: false }]);
  await dialog.getByRole("button", { name: "Try the rest again" }).click();
  await expect(dialog).toContainText("2 images were deleted.");
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  await expect(rowOf(page, late.name)).toHaveCount(0);
});

test("images are deactivated and reactivated together", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const word = unique("pause");
  const images = [];
  for (const at of [1, 2]) images.push(await api.createImage({ name: `${word}-${at}` }, anyQcow2()));
  await signIn(page, member);
  await search(page, word);
  await tick(page, ...images.map((image) => image.name));
  await bar(page).getByRole("button", { name: "Deactivate", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate images", exact: true }).click();
  await expect(page.getByRole("dialog")).toContainText("2 images were changed.");
  await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).click();
  for (const image of images) await expect(rowOf(page, image.name)).toContainText("Deactivated");
  await bar(page).getByRole("button", { name: "Reactivate", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reactivate images", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).click();
  expect((await api.getImage(images[0].id)).status).toBe("active");
});

test("tags are added and removed beside those that are there", { tag: "@cloud" }, async ({ page, account }) => {
  const boss = await account("admin");
  const api = await boss.api();
  const word = unique("tags");
  const first = await api.createImage({ name: `${word}-1`, tags: ["old"], os_distro: "odd" });
  const second = await api.createImage({ name: `${word}-2`, tags: ["new"] });
  await signIn(page, boss);
  await search(page, word);
  await tick(page, first.name, second.name);
  await (await more(page, "Add tags")).click();
  const dialog = page.getByRole("dialog", { name: "Add tags" });
  await expectRefused(dialog.getByRole("button", { name: "Add tags", exact: true }), /what is to be changed/);
  await dialog.getByRole("textbox", { name: "Tags" }).fill("new");
  await expect(dialog.getByRole("listitem").filter({ hasText: second.name })).toContainText(/already/);
  await dialog.getByRole("button", { name: "Add tags", exact: true }).click();
  await expect(dialog).toContainText("One image was changed.");
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  const changed = await api.getImage(first.id);
  expect([changed.tags.toSorted(), changed.os_distro]).toEqual([["new", "old"], "odd"]);
  await (await more(page, "Remove tags")).click();
  const removing = page.getByRole("dialog", { name: "Remove tags" });
  await removing.getByRole("textbox", { name: "Tags" }).fill("new");
  await removing.getByRole("button", { name: "Remove tags", exact: true }).click();
  await expect(removing).toContainText("2 images were changed.");
  expect((await api.getImage(first.id)).tags).toEqual(["old"]);
});

test("tags that no address carries are written beside what somebody else has tagged meanwhile", { tag: "@cloud" }, async ({ page, account }) => {
  const boss = await account("admin");
  const api = await boss.api();
  const image = await api.createImage({ name: unique("tagged"), tags: ["old"] });
  const tags = async () => (await api.getImage(image.id)).tags.toSorted();
  await signIn(page, boss);
  await search(page, image.name);
  await tick(page, image.name);
  for (const [action, theirs, after] of [
    ["Add tags", "theirs/first", ["old", "theirs/first", "生产"]],
    ["Remove tags", "theirs/second", ["old", "theirs/first", "theirs/second"]],
  ] as const) {
    await (await more(page, action)).click();
    const dialog = page.getByRole("dialog", { name: action });
    await dialog.getByRole("textbox", { name: "Tags" }).fill("生产");
    await api.patchImage(image.id, [{ op: "replace", path: "/tags", value: [...(await tags()), theirs] }]);
    await dialog.getByRole("button", { name: action, exact: true }).click();
    await expect(dialog).toContainText("One image was changed.");
    await dialog.getByRole("button", { name: "Close", exact: true }).click();
    expect(await tags()).toEqual(after);
  }
});

test("an administrator sets minimums, and sees what that does to the flavors", { tag: "@cloud" }, async ({ page, account }) => {
  const boss = await account("admin");
  const api = await boss.api();
  const word = unique("least");
  const images = [];
  for (const at of [1, 2]) images.push(await api.createImage({ name: `${word}-${at}`, min_disk: 1 }, anyQcow2()));
  await signIn(page, boss);
  await search(page, word);
  await tick(page, ...images.map((image) => image.name));
  await (await more(page, "Set minimum disk and RAM")).click();
  const dialog = page.getByRole("dialog", { name: "Set minimum disk and RAM" });
  await dialog.getByLabel("Minimum RAM (MB)", { exact: true }).fill("many");
  await expect(dialog.getByLabel("Minimum RAM (MB)", { exact: true })).toHaveAccessibleDescription(/whole number/);
  await dialog.getByLabel("Minimum RAM (MB)", { exact: true }).fill("1024");
  await expect(dialog).toContainText(/m1\.tiny no longer fits 2 images/);
  await expect(dialog).toContainText(/now \d+, after \d+/);
  await dialog.getByRole("button", { name: "Set minimum disk and RAM", exact: true }).click();
  await expect(dialog).toContainText("2 images were changed.");
  const changed = await api.getImage(images[0].id);
  expect([changed.min_disk, changed.min_ram]).toEqual([1, 1024]);
});

test("minimums are not for members, visibility changes say who loses sight", { tag: "@cloud" }, async ({ page, member, steward }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("seen"), visibility: "shared" });
  const lonely = await api.createImage({ name: `${image.name}-lonely`, visibility: "shared" });
  const friend = await steward.project("friend");
  await api.call("POST", `${api.image}/images/${image.id}/members`, { member: friend.id });
  await signIn(page, member);
  await search(page, image.name);
  await tick(page, image.name);
  await expectRefused(await more(page, "Set minimum disk and RAM"), /administrators/);
  await page.keyboard.press("Escape");
  await (await more(page, "Change visibility")).click();
  const dialog = page.getByRole("dialog", { name: "Change visibility" });
  await dialog.getByLabel("Visibility", { exact: true }).selectOption("private");
  await expect(dialog).toContainText(`These projects lose access to what is shared with them: ${friend.id}`);
  await expect(dialog).not.toContainText(/lose sight/);
  await dialog.getByRole("button", { name: "Cancel" }).click();

  // Shared with nobody: nobody loses anything.
  await tick(page, lonely.name);
  await page.getByRole("checkbox", { name: `Select ${image.name}`, exact: true }).uncheck();
  await (await more(page, "Change visibility")).click();
  await dialog.getByLabel("Visibility", { exact: true }).selectOption("private");
  await expect(dialog).toContainText("offered to no project, so nobody loses access");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  // What can't be read is not taken for nobody. The demo cloud always tells: a service that is down for this is put in here.
  await page.route(/\/members$/, (route) => route.fulfill({ status: 503, body: "down" }));
  await (await more(page, "Change visibility")).click();
  await dialog.getByLabel("Visibility", { exact: true }).selectOption("private");
  await expect(dialog).toContainText("Which projects one shared image is offered to is not known");
  await dialog.getByRole("button", { name: "Change visibility", exact: true }).click();
  await expect(dialog).toContainText("One image was changed.");
  expect((await api.getImage(lonely.id)).visibility).toBe("private");
});

test("each kind of loss by another visibility is told by itself", { tag: "@cloud" }, async ({ page, account, steward }) => {
  const boss = await account("admin");
  const api = await boss.api();
  const word = unique("kinds");
  const shared = await api.createImage({ name: `${word}-shared`, visibility: "shared" });
  const open = await api.createImage({ name: `${word}-open`, visibility: "community" });
  const everybodys = await api.createImage({ name: `${word}-public`, visibility: "public" });
  const [first, second] = [await account("member", await steward.project("first")), await account("member", await steward.project("second"))];
  for (const { project } of [first, second]) await api.call("POST", `${api.image}/images/${shared.id}/members`, { member: project.id });
  const theirs = await first.api();
  await theirs.call("PUT", `${theirs.image}/images/${shared.id}/members/${first.project.id}`, { status: "accepted" });
  await signIn(page, boss);
  await search(page, word);
  await tick(page, shared.name, open.name, everybodys.name);
  await (await more(page, "Change visibility")).click();
  const dialog = page.getByRole("dialog", { name: "Change visibility" });
  const visibility = dialog.getByLabel("Visibility", { exact: true });
  await visibility.selectOption("private");
  await expect(dialog).toContainText("Other projects lose sight of 2 images.");
  const losing = dialog.getByText(/These projects lose access to what is shared with them/);
  for (const { project } of [first, second]) await expect(losing).toContainText(project.name);
  await visibility.selectOption("community");
  await expect(dialog).toContainText("One image leaves the default lists of other projects");
  const unlisting = dialog.getByText(/can go on using what is shared with them, but it leaves their default lists/);
  await expect(unlisting).toContainText(first.project.name);
  // Who has not said yes does not have it in the list.
  await expect(unlisting).not.toContainText(second.project.name);
  await visibility.selectOption("public");
  await expect(dialog).toContainText("2 images are offered to everybody");
  await expect(dialog).not.toContainText(/lose (access|sight)|default lists/);
});

test("a batch can be stopped: what has begun ends, the rest is not begun, and can be gone on with", async ({ page, member }) => {
  const api = await member.api();
  const word = unique("stop");
  const names = [1, 2, 3, 4, 5, 6, 7].map((at) => `${word}-${at}`);
  for (const name of names) await api.createImage({ name });
  await signIn(page, member);
  await search(page, word);
  await tick(page, ...names);
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const line = (latency: number) =>
    network.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: -1, uploadThroughput: -1 });
  await bar(page).getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Delete images" });
  await expect(dialog).toContainText(names[6]);
  await line(3000);
  await dialog.getByRole("button", { name: "Delete images", exact: true }).click();
  await expect(dialog.getByRole("progressbar", { name: "Delete images" })).toBeVisible();
  await dialog.getByRole("button", { name: "Stop", exact: true }).click();
  await expectRefused(dialog.getByRole("button", { name: "Stop", exact: true }), /being finished/);
  await expect(dialog).toContainText("4 images were deleted. 3 were not begun.");
  await line(0);
  expect((await Promise.all(names.map((name) => api.imagesNamed(name)))).flat()).toHaveLength(3);
  await dialog.getByRole("button", { name: "Try the rest again" }).click();
  await expect(dialog).toContainText("7 images were deleted.");
});
