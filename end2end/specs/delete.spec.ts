import { alert, expectMessage, expectNoMessage, expectRefused, heading, rowAction, rowOf, signIn } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

test("a member deletes an own image after a question", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("doomed") }, anyQcow2());
  await signIn(page, member);

  await (await rowAction(page, image.name, "Delete")).click();
  const dialog = page.getByRole("dialog", { name: "Delete image" });
  await expect(dialog).toContainText(image.name);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: `Actions for ${image.name}` })).toBeFocused();
  expect(await api.imagesNamed(image.name)).toHaveLength(1);

  await (await rowAction(page, image.name, "Delete")).click();
  await dialog.getByRole("button", { name: "Delete image", exact: true }).click();
  await expect(rowOf(page, image.name)).toHaveCount(0);
  await expectMessage(page, new RegExp(`Deleted.*${image.name}`));
  expect(await api.imagesNamed(image.name)).toHaveLength(0);
});

test("after a deletion the list shows what others have deleted, too", async ({ page, member }) => {
  const api = await member.api();
  const [mine, theirs] = await Promise.all(["mine", "theirs"].map((name) => api.createImage({ name: unique(name) }, anyQcow2())));
  await signIn(page, member);
  await expect(rowOf(page, theirs.name)).toBeVisible();
  // No date tells of a deletion: it would be seen minutes later.
  await api.call("DELETE", `${api.image}/images/${theirs.id}`);
  await (await rowAction(page, mine.name, "Delete")).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete image", exact: true }).click();
  await expect(rowOf(page, mine.name)).toHaveCount(0);
  await expect(rowOf(page, theirs.name)).toHaveCount(0);
});

test("from its own page, the list comes next", { tag: "@cloud" }, async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("doomed") });
  await signIn(page, member, `/images/${image.id}`);
  await page.getByRole("main").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete image", exact: true }).click();
  await expect(heading(page, "Images")).toBeVisible();
  await expect(rowOf(page, image.name)).toHaveCount(0);
});

test("a protected image is refused with the reason and the way out", { tag: "@cloud" }, async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("protected"), protected: true }, anyQcow2());
  await signIn(page, member);
  await expectRefused(await rowAction(page, image.name, "Delete"), /Protected images can.t be deleted\. .*protection/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a protected image is deleted once its protection is lifted", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("protected"), protected: true }, anyQcow2());
  await signIn(page, member);
  await expectRefused(await rowAction(page, image.name, "Delete"), /Protected images can.t be deleted/);
  await page.getByRole("menuitem", { name: "Lift protection", exact: true }).click();
  await expectMessage(page, /is not protected any more/);
  expect((await api.getImage(image.id)).protected).toBe(false);
  await (await rowAction(page, image.name, "Delete")).click();
  await page.getByRole("dialog", { name: "Delete image" }).getByRole("button", { name: "Delete image", exact: true }).click();
  await expectMessage(page, new RegExp(`Deleted.*${image.name}`));
  await expect(rowOf(page, image.name)).toHaveCount(0);
  expect(await api.imagesNamed(image.name)).toEqual([]);
});

test("protection that came meanwhile is refused in the cloud's own words", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("protected-late") }, anyQcow2());
  await signIn(page, member);
  await (await rowAction(page, image.name, "Delete")).click();
  await api.patchImage(image.id, [{ op: "replace", path: "/protected", value: true }]);
  const dialog = page.getByRole("dialog", { name: "Delete image" });
  await dialog.getByRole("button", { name: "Delete image", exact: true }).click();
  await expect(alert(dialog, "is protected and cannot be deleted")).toBeVisible();
  await expect(alert(dialog, "403")).toBeVisible();
  await expectNoMessage(page, /Deleted/);
  expect(await api.imagesNamed(image.name)).toHaveLength(1);
});

test("an image that is gone already counts as deleted", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("gone") }, anyQcow2());
  await signIn(page, member);
  await (await rowAction(page, image.name, "Delete")).click();
  await api.forget(`${api.image}/images/${image.id}`);
  await page.getByRole("dialog").getByRole("button", { name: "Delete image", exact: true }).click();
  await expect(rowOf(page, image.name)).toHaveCount(0);
});

test("a refusal of the store's is shown in the dialog, and the image stays", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: "demo-fail-delete-409" }, anyQcow2());
  await signIn(page, member);
  await (await rowAction(page, image.name, "Delete")).click();
  const dialog = page.getByRole("dialog", { name: "Delete image" });
  await dialog.getByRole("button", { name: "Delete image", exact: true }).click();
  await expect(alert(dialog, "409")).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(rowOf(page, image.name)).toBeVisible();
  // So that the project can be taken away again.
  await api.patchImage(image.id, [{ op: "replace", path: "/name", value: "deletable" }]);
});

test("what boots from it is named before it is deleted", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("booted") }, anyQcow2());
  const network = await api.createNetwork(unique("net"), "10.97.0.0/24");
  const server = unique("server");
  await api.createServer(server, image.id, "m1.tiny", [{ uuid: network.id }]);
  await signIn(page, member, `/images/${image.id}`);
  await page.getByRole("main").getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Delete image" });
  await expect(dialog).toContainText("One instance boots from it");
  await expect(dialog.getByRole("link", { name: server })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Delete image", exact: true })).toBeFocused();
});

test("an administrator learns what boots from many images, whosever it is", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
  const api = await member.api();
  const word = unique("many");
  const images = [];
  for (const at of [1, 2, 3, 4]) images.push(await api.createImage({ name: `${word}-${at}` }, anyQcow2()));
  const network = await api.createNetwork(unique("net"), "10.96.0.0/24");
  const server = unique("server");
  await api.createServer(server, images[3].id, "m1.tiny", [{ uuid: network.id }]);
  await signIn(page, await account("admin", await steward.project("elsewhere")), `/images?tab=all&q=${word}`);
  for (const image of images) await page.getByRole("checkbox", { name: `Select ${image.name}`, exact: true }).check();
  await page.getByRole("region", { name: "Selection" }).getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Delete images" });
  await expect(dialog).toContainText("One instance boots from");
  await expect(dialog.getByRole("link", { name: server })).toBeVisible();
});
