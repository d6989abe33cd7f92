import { alert, expectAllowed, expectRefused, fillSignIn, heading, rowAction, rowOf, signIn } from "../support/app.ts";
import { otherURL } from "../support/env.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

const kept = { os_distro: "plan9", "key/with~odd signs": "stays", hw_disk_bus: "virtio", description: "before" };

test("a member can't edit, and learns why in the menu and on the page", { tag: "@cloud" }, async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("mine") });
  await signIn(page, member);
  await expectRefused(await rowAction(page, image.name, "Edit"), /only administrators edit images/);
  await page.goto(`/images/${image.id}/edit`);
  await expect(heading(page, "Edit image")).toBeVisible();
  await expect(page.getByText(/only administrators edit images/).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Save changes" }).and(page.locator(":not([aria-disabled=true])"))).toHaveCount(0);
});

test("an administrator edits; only what changed is sent, the rest survives", { tag: "@cloud" }, async ({ page, member, account }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("before"), tags: ["keep"], visibility: "shared", ...kept }, anyQcow2());
  const name = unique("after");
  await signIn(page, await account("admin"));
  const edit = await rowAction(page, image.name, "Edit");
  await expectAllowed(edit);
  await edit.click();
  await expect(heading(page, "Edit image")).toBeVisible();
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(image.name);
  await expect(page.getByLabel("Description", { exact: true })).toHaveValue("before");
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByLabel("Minimum disk (GB)", { exact: true }).fill("7");
  await page.getByLabel("Minimum RAM (MB)", { exact: true }).fill("1024");
  await page.getByRole("checkbox", { name: "Protected" }).check();
  const patch = page.waitForRequest((request) => request.method() === "PATCH");
  await page.getByRole("button", { name: "Save changes" }).click();

  const request = await patch;
  expect(request.headers()["content-type"]).toContain("application/openstack-images-v2.1-json-patch");
  const paths = (request.postDataJSON() as { path: string }[]).map((operation) => operation.path);
  expect([...paths].sort()).toEqual(["/min_disk", "/min_ram", "/name", "/protected"]);
  await expect(heading(page, name).or(rowOf(page, name)).first()).toBeVisible();
  expect(await api.getImage(image.id)).toMatchObject({
    ...kept, name, min_disk: 7, min_ram: 1024, protected: true, visibility: "shared", tags: ["keep"],
  });
});

test("an administrator makes an image public and private again", { tag: "@cloud" }, async ({ page, member, account }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("published"), ...kept }, anyQcow2());
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  await page.getByRole("radio", { name: "Public" }).check();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => (await api.getImage(image.id)).visibility).toBe("public");
  await page.goto(`/images/${image.id}/edit`);
  await page.getByRole("radio", { name: "Private" }).check();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => (await api.getImage(image.id)).visibility).toBe("private");
  expect(await api.getImage(image.id)).toMatchObject(kept);
});

test("a description that is emptied goes, one that is written comes", async ({ page, member, account }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("described"), ...kept });
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  await page.getByLabel("Description", { exact: true }).fill("");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => (await api.getImage(image.id)).description ?? "").toBe("");
  await page.goto(`/images/${image.id}/edit`);
  await page.getByLabel("Description", { exact: true }).fill("after");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => (await api.getImage(image.id)).description).toBe("after");
});

test("the format is fixed once there is data, and free while there is none", async ({ page, member, account }) => {
  const api = await member.api();
  const active = await api.createImage({ name: unique("active") }, anyQcow2());
  const queued = await api.createImage({ name: unique("queued") });
  await signIn(page, await account("admin"), `/images/${queued.id}/edit`);
  await page.getByLabel("Format", { exact: true }).selectOption("raw");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => (await api.getImage(queued.id)).disk_format).toBe("raw");
  await page.goto(`/images/${active.id}/edit`);
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(active.name);
  await expect(page.getByRole("combobox", { name: "Format", exact: true }).and(page.locator(":enabled:not([aria-disabled=true])"))).toHaveCount(0);
});

test("what somebody else changed meanwhile is not overwritten unasked", async ({ page, member, account }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("contested"), min_ram: 100 });
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  await page.getByLabel("Minimum RAM (MB)", { exact: true }).fill("300");
  await api.patchImage(image.id, [{ op: "replace", path: "/min_ram", value: 200 }]);
  await page.getByRole("button", { name: "Save changes" }).click();
  const main = page.getByRole("dialog").or(page.getByRole("alert")).first();
  await expect(main).toContainText("200");
  await expect(main).toContainText("300");
  expect((await api.getImage(image.id)).min_ram).toBe(200);
});

test("the cloud's refusal is shown in its own words and the draft stays", async ({ page, member, account }) => {
  const image = await (await member.api()).createImage({ name: unique("refused") });
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  await page.getByLabel("Image name", { exact: true }).fill("demo-fail-409");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(alert(page, /409/)).toBeVisible();
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue("demo-fail-409");
});

test("where the operator lets owners edit, a member does", async ({ page, member }) => {
  test.skip(Boolean(process.env.E2E_BASE_URL), "needs a second server, which only this run's own demo cloud has");
  const api = await member.api();
  const image = await api.createImage({ name: unique("owned"), ...kept });
  await page.goto(otherURL);
  await page.getByLabel("Cloud", { exact: true }).selectOption({ label: "Demo cloud" });
  await fillSignIn(page, member);
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await (await rowAction(page, image.name, "Edit")).click();
  await page.getByLabel("Minimum RAM (MB)", { exact: true }).fill("64");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => (await api.getImage(image.id)).min_ram).toBe(64);
  expect(await api.getImage(image.id)).toMatchObject(kept);
});
