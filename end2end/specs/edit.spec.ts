import type { Json } from "../support/api.ts";
import {
  alert, choose, expectAccessible, expectAllowed, expectMessage, expectNoMessage, expectRefused, fillSignIn, heading, holdBack, navigation, rowAction, rowOf,
  search, signIn,
} from "../support/app.ts";
import { otherURL } from "../support/env.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

/** With its keys in order, so that two can be compared as text. */
const sorted = (image: Json): Json => Object.fromEntries(Object.entries(image).sort(([a], [b]) => (a < b ? -1 : 1)));

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
  await expectMessage(page, /^Saved/);
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

test("a description that is emptied goes, one that is written comes", { tag: "@cloud" }, async ({ page, member, account }) => {
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

test("the format is fixed once there is data, and free while there is none", { tag: "@cloud" }, async ({ page, member, account }) => {
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

test("every kind of image keeps what nobody touched, to the byte", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
  test.slow();
  const api = await member.api();
  const { cloud } = steward;
  const other = await steward.project("other");
  const share = (id: string) => api.call("POST", `${api.image}/images/${id}/members`, { member: other.id });
  const kinds: [string, Json, ((id: string) => Promise<unknown>)?][] = [
    ["shared", { visibility: "shared" }, share],
    ["community", { visibility: "community" }],
    ["public", {}, (id) => cloud.patchImage(id, [{ op: "replace", path: "/visibility", value: "public" }])],
    ["properties that nobody knows", { zzz_unknown: "☃ ", " lead": "x", "a/b": "1", "a~b": "2", "~1": "3", empty: "", os_distro: "plan9" }],
    ["hidden and protected", { os_hidden: true, protected: true }],
    ["no name, no format", { name: null, disk_format: null, container_format: null }],
    ["odd tags", { tags: ["ünïcode", "two words", "a".repeat(255)] }],
    ["kernel and minimums", { kernel_id: "00000000-0000-4000-8000-000000000000", min_disk: 3, min_ram: 77 }],
    ["long values", { long: "x".repeat(10_000), rtl: "\u202Egnirts", markup: "<b>&amp;</b>" }],
    ["deactivated", {}, async (id) => {
      await api.uploadImage(id, anyQcow2());
      await api.call("POST", `${api.image}/images/${id}/actions/deactivate`);
    }],
  ];
  await signIn(page, await account("admin"));
  for (const [what, fields, then] of kinds) {
    await test.step(what, async () => {
      const { id } = await api.createImage({ name: unique("kind"), ...fields });
      await then?.(id);
      const before = await cloud.getImage(id);
      const members = async () => (await cloud.raw("GET", `${cloud.image}/images/${id}/members`)).text();
      const membersBefore = await members();
      await page.goto(`/images/${id}/edit`);
      await page.getByLabel("Minimum RAM (MB)", { exact: true }).fill("128");
      await page.getByText("Advanced", { exact: true }).click();
      await page.getByText("Metadata", { exact: true }).click();
      await page.getByRole("button", { name: "Save changes" }).click();
      await expect.poll(async () => (await cloud.getImage(id)).min_ram).toBe(128);
      const after = await cloud.getImage(id);
      expect(JSON.stringify(sorted({ ...after, updated_at: "" }))).toBe(JSON.stringify(sorted({ ...before, updated_at: "", min_ram: 128 })));
      expect(await members()).toBe(membersBefore);
      await expect(heading(page, "Edit image")).toBeHidden();
      // The metadata editor as little.
      await page.goto(`/images/${id}/metadata`);
      await page.getByLabel("New key", { exact: true }).fill("touched");
      await page.getByLabel("New key", { exact: true }).press("Enter");
      await page.getByLabel("touched", { exact: true }).fill("yes");
      await page.getByRole("button", { name: "Save changes" }).click();
      await expect.poll(async () => (await cloud.getImage(id)).touched).toBe("yes");
      const last = await cloud.getImage(id);
      expect(JSON.stringify(sorted({ ...last, updated_at: "" }))).toBe(JSON.stringify(sorted({ ...after, updated_at: "", touched: "yes" })));
      expect(await members()).toBe(membersBefore);
      await expect(heading(page, "Update metadata")).toBeHidden();
    });
  }
});

test("what no release of Glance has yet is neither sent nor stumbled over", async ({ page, account }) => {
  const boss = await account("admin");
  const image = await (await boss.api()).createImage({ name: unique("future"), odd: "stays" });
  const future = {
    visibility: "galactic", disk_format: "hologram", container_format: "crate", tags: null, owner: null, size: -1, virtual_size: "big",
    min_disk: null, nested: { a: [1, { b: null }] }, list: ["x"], number: 1.5, "": "empty key", nothing: null, "\u202Ekey": "\u202Evalue",
  };
  await page.route(`**/v2/images/${image.id}`, async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    await route.fulfill({ json: { ...(await (await route.fetch()).json()), ...future } });
  });
  await signIn(page, boss, `/images/${image.id}/edit`);
  await page.getByLabel("Minimum RAM (MB)", { exact: true }).fill("128");
  const patch = page.waitForRequest((request) => request.method() === "PATCH");
  await page.getByRole("button", { name: "Save changes" }).click();
  expect((await patch).postDataJSON()).toEqual([{ op: "replace", path: "/min_ram", value: 128 }]);
  await expect(heading(page, "Edit image")).toBeHidden();
});

test("an image in a status that nobody knows is shown, and refused with the reason", async ({ page, account }) => {
  const boss = await account("admin");
  const image = await (await boss.api()).createImage({ name: unique("odd") });
  await page.route(/\/v2\/images(\/[^/?]+)?(\?.*)?$/, async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const answer = await (await route.fetch()).json();
    for (const it of answer.images ?? [answer]) if (it.id === image.id) it.status = "frobnicating";
    await route.fulfill({ json: answer });
  });
  await signIn(page, boss);
  await search(page, image.name);
  await expect(rowOf(page, image.name)).toContainText("frobnicating");
  for (const action of ["Edit", "Update metadata"]) {
    await expectRefused(await rowAction(page, image.name, action), /.../);
    await page.keyboard.press("Escape");
  }
  await page.goto(`/images/${image.id}/edit`);
  await expect(heading(page, "Edit image")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("frobnicating");
  await expect(page.getByRole("button", { name: "Save changes" })).toHaveCount(0);
  // It is asked for again and again.
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("the effect of other minimums is told before saving, by name", { tag: "@cloud" }, async ({ page, member, account, admin }) => {
  const image = await (await member.api()).createImage({ name: unique("minimums") });
  const flavors = (await admin.call("GET", `${admin.compute}/flavors/detail?is_public=None`)).flavors as Json[];
  // Also those without a disk: an administrator may use them.
  const fits = (ram: number) => flavors.filter((flavor) => flavor.ram >= ram);
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  await expect(page.getByText(`${fits(0).length} of ${flavors.length} flavors can launch it.`)).toBeVisible();
  const smallest = Math.min(...fits(0).map((flavor) => flavor.ram));
  await page.getByLabel("Minimum RAM (MB)", { exact: true }).fill(String(smallest + 1));
  await expect(page.getByText(`${fits(0).length} of ${flavors.length} flavors can launch it now, ${fits(smallest + 1).length} after saving.`)).toBeVisible();
  const lost = fits(0).find((flavor) => flavor.ram === smallest)!;
  await expect(page.getByText(/^No longer:/)).toContainText(lost.name);
});

test("whoever loses sight of an image is named before saving", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("visible"), visibility: "shared" });
  const other = await steward.project("consumer");
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  await page.getByRole("radio", { name: "Private" }).check();
  await expect(page.getByText("It is offered to no project, so nobody loses access.")).toBeVisible();
  await api.call("POST", `${api.image}/images/${image.id}/members`, { member: other.id });
  await page.reload();
  await page.getByRole("radio", { name: "Private" }).check();
  await expect(page.getByText(/These projects lose access/)).toContainText(other.name);
  await page.getByRole("radio", { name: "Public" }).check();
  await expect(page.getByText(/lose access|loses access|loses sight/)).toHaveCount(0);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => (await api.getImage(image.id)).visibility).toBe("public");
  await page.goto(`/images/${image.id}/edit`);
  await page.getByRole("radio", { name: "Private" }).check();
  await expect(page.getByText(/Every other project loses sight/)).toBeVisible();
});

test("whoever keeps an image and only loses it from the list is told apart", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("listed"), visibility: "shared" });
  const other = await account("member", await steward.project("consumer"));
  await api.call("POST", `${api.image}/images/${image.id}/members`, { member: other.project.id });
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  const effect = page.getByText(/default lists|loses sight|lose access/);
  const becomes = async (visibility: string) => {
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect.poll(async () => (await api.getImage(image.id)).visibility).toBe(visibility);
    await page.goto(`/images/${image.id}/edit`);
  };
  // Who has not said yes does not have it in the list.
  await page.getByRole("radio", { name: "Community" }).check();
  await expect(page.getByText("Asking which projects this is about…")).toHaveCount(0);
  await expect(effect).toHaveCount(0);
  const theirs = await other.api();
  await theirs.call("PUT", `${theirs.image}/images/${image.id}/members/${other.project.id}`, { status: "accepted" });
  await page.reload();
  await page.getByRole("radio", { name: "Community" }).check();
  await expect(effect).toContainText(/can go on using it, but it leaves their default lists/);
  await expect(effect).toContainText(other.project.name);
  const listed = async () => {
    const { images } = await theirs.call("GET", `${theirs.image}/images?limit=1000`);
    return images.map((it: { id: string }) => it.id).includes(image.id);
  };
  expect(await listed()).toBe(true);
  await becomes("community");
  expect(await listed(), "as it was told").toBe(false);

  await page.getByRole("radio", { name: "Shared" }).check();
  await expect(effect).toContainText(/Every other project loses sight .* except those that it is offered to/);
  await page.getByRole("radio", { name: "Public" }).check();
  await expect(effect).toHaveCount(0);
  await becomes("public");
  await page.getByRole("radio", { name: "Shared" }).check();
  await expect(effect).toContainText(/except those that it is offered to/);
  await page.getByRole("radio", { name: "Community" }).check();
  await expect(effect).toContainText(/Other projects can go on using it, but it leaves their default lists/);
});

test("tags are chips: typed, pasted, taken away", { tag: "@cloud" }, async ({ page, member, account }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("tagged"), tags: ["old", "kept"] });
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  await page.getByText("Advanced", { exact: true }).click();
  const field = page.getByRole("textbox", { name: "Tags" });
  const chips = page.getByRole("listitem").filter({ has: page.getByRole("button", { name: /^Remove tag / }) });
  await field.fill("lts");
  await field.press("Enter");
  await expect(chips.filter({ hasText: "lts" })).toBeVisible();
  await field.fill("web，db,");
  await expect(chips).toHaveCount(5);
  await chips.getByRole("button", { name: "Remove tag old" }).click();
  await expectAccessible(page);
  await field.fill("x".repeat(256));
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(field).toHaveAccessibleDescription(/at most 255/);
  await chips.getByRole("button", { name: `Remove tag ${"x".repeat(256)}` }).click();
  await field.fill("last");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => [...(await api.getImage(image.id)).tags].sort()).toEqual(["db", "kept", "last", "lts", "web"]);
});

test("a kernel and a ramdisk are named where there are some", { tag: "@cloud" }, async ({ page, member, account }) => {
  const api = await member.api();
  const kernel = await api.createImage({ name: unique("vmlinuz"), disk_format: "aki", container_format: "aki" });
  const image = await api.createImage({ name: unique("machine"), disk_format: "ami", container_format: "ami" });
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  const field = page.getByLabel("Kernel", { exact: true });
  await field.fill("vmlinuz");
  await page.getByLabel("Ramdisk", { exact: true }).focus();
  await expect(field).toHaveAccessibleDescription(/not an image’s id/);
  await field.fill(kernel.id);
  await expect(field).toHaveAccessibleDescription(kernel.name);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => (await api.getImage(image.id)).kernel_id).toBe(kernel.id);
});

test("leaving a changed form asks first, by a link and by Back", async ({ page, member, account }) => {
  const image = await (await member.api()).createImage({ name: unique("unsaved") });
  await signIn(page, await account("admin"));
  await (await rowAction(page, image.name, "Edit")).click();
  const name = page.getByLabel("Image name", { exact: true });
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await expect(name).toHaveValue(image.name);
  const here = page.url();
  await page.goBack();
  await expect(heading(page, "Images")).toBeVisible();
  await page.goForward();
  await name.fill("typed");
  await page.goBack();
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Stay here" }).click();
  await expect(dialog).toBeHidden();
  await expect(name).toHaveValue("typed");
  expect(page.url()).toBe(here);
  await navigation(page, "Instances").click();
  await dialog.getByRole("button", { name: "Stay here" }).click();
  await expect(name).toHaveValue("typed");
  await page.goBack();
  await dialog.getByRole("button", { name: "Leave the page" }).click();
  await expect(heading(page, "Images")).toBeVisible();
  await page.goForward();
  await expect(name).toHaveValue(image.name);
  await name.fill("typed again");
  await navigation(page, "Instances").click();
  await dialog.getByRole("button", { name: "Leave the page" }).click();
  await expect(heading(page, "Instances")).toBeVisible();
  await page.goBack();
  await expect(name).toHaveValue(image.name);
});

test("a half-filled create form asks before it is left", async ({ page, member }) => {
  await signIn(page, member, "/images/new");
  await page.getByLabel("Image name", { exact: true }).fill("half");
  await page.getByRole("link", { name: "Cancel" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await dialog.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue("half");
  await page.getByLabel("Image name", { exact: true }).fill("");
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(heading(page, "Images")).toBeVisible();
});

test("signing out and switching the project ask before a changed form is lost", async ({ page, account, steward, project }) => {
  const boss = await account("admin");
  const second = await steward.project("second");
  await steward.grant(boss, second, "admin");
  const image = await (await boss.api()).createImage({ name: unique("unsaved") });
  await page.goto("/");
  await fillSignIn(page, boss);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: project.name }).click();
  await expect(heading(page, "Images")).toBeVisible();
  await page.goto(`/images/${image.id}/edit`);
  const name = page.getByLabel("Image name", { exact: true });
  await name.fill("typed");
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  for (const [menu, item] of [[/^Account/, "Sign out"], [/^Project/, second.name]] as const) {
    await choose(page, menu, item);
    await dialog.getByRole("button", { name: "Stay here" }).click();
    await expect(dialog).toBeHidden();
    await expect(name).toHaveValue("typed");
  }
  await expect(page.getByRole("button", { name: `Project: ${project.name}` })).toBeVisible();
  await choose(page, /^Project/, second.name);
  await dialog.getByRole("button", { name: "Leave the page" }).click();
  await expect(page.getByRole("button", { name: `Project: ${second.name}` })).toBeVisible();
  await page.goto("/images/new");
  await name.fill("half");
  await choose(page, /^Account/, "Sign out");
  await dialog.getByRole("button", { name: "Leave the page" }).click();
  await expect(heading(page, "Sign in")).toBeVisible();
});

test("a form that was saved, or not touched, is left unasked", async ({ page, member, account }) => {
  const image = await (await member.api()).createImage({ name: unique("calm") });
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  await page.getByLabel("Minimum RAM (MB)", { exact: true }).fill("64");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(heading(page, image.name)).toBeVisible();
  await page.goBack();
  await expect(page.getByLabel("Minimum RAM (MB)", { exact: true })).toHaveValue("64");
  await navigation(page, "Images").click();
  await expect(heading(page, "Images")).toBeVisible();
});

test("an owner who may not edit still lifts the protection and names the format", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("own"), protected: true, ...kept });
  await signIn(page, member, `/images/${image.id}/edit`);
  await page.getByLabel("Format", { exact: true }).selectOption("raw");
  await page.getByRole("button", { name: "Set format" }).click();
  await expect.poll(async () => (await api.getImage(image.id)).disk_format).toBe("raw");
  await page.goto(`/images/${image.id}/edit`);
  await page.getByRole("button", { name: "Lift protection" }).click();
  await expect.poll(async () => (await api.getImage(image.id)).protected).toBe(false);
  expect(await api.getImage(image.id)).toMatchObject(kept);
});

test("an owner's other format does not overwrite unasked what somebody else has set, and keeps a container of choice", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("own"), disk_format: "qcow2", container_format: "docker" });
  await signIn(page, member, `/images/${image.id}/edit`);
  await page.getByLabel("Format", { exact: true }).selectOption("raw");
  await page.getByText("Show the command", { exact: true }).click();
  await expect(page.getByText(`openstack image set`)).toContainText(image.id);
  await api.patchImage(image.id, [{ op: "replace", path: "/disk_format", value: "vmdk" }]);
  await page.getByRole("button", { name: "Set format" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(/VMDK/i);
  expect((await api.getImage(image.id)).disk_format).toBe("vmdk");
  await dialog.getByRole("button", { name: "Save mine" }).click();
  await expect(heading(page, image.name)).toBeVisible();
  expect(await api.getImage(image.id)).toMatchObject({ disk_format: "raw", container_format: "docker" });
});

test("what somebody else changed meanwhile is not overwritten unasked", { tag: "@cloud" }, async ({ page, member, account }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("contested"), min_ram: 100 });
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  await page.getByLabel("Minimum RAM (MB)", { exact: true }).fill("300");
  await api.patchImage(image.id, [{ op: "replace", path: "/min_ram", value: 200 }]);
  await page.getByRole("button", { name: "Save changes" }).click();
  const main = page.getByRole("dialog").or(page.getByRole("alert")).first();
  await expect(main).toContainText("200");
  await expect(main).toContainText("300");
  await expect(main.getByRole("rowheader")).toHaveText("Minimum RAM (MB)");
  expect((await api.getImage(image.id)).min_ram).toBe(200);
});

test("an image that somebody has deleted meanwhile is told as such, and what was typed stays", { tag: "@cloud" }, async ({ page, member, account }) => {
  const api = await member.api();
  const boss = await account("admin");
  const edited = await api.createImage({ name: unique("vanishes") });
  await signIn(page, boss, `/images/${edited.id}/edit`);
  const name = page.getByLabel("Image name", { exact: true });
  await name.fill("typed");
  await api.forget(`${api.image}/images/${edited.id}`);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(alert(page, "404")).toBeVisible();
  await expectNoMessage(page, /Saved/);
  await expect(heading(page, "Edit image")).toBeVisible();
  await expect(name).toHaveValue("typed");

  const described = await api.createImage({ name: unique("vanishes"), hw_odd: "1" });
  await page.goto(`/images/${described.id}/metadata`);
  const value = page.getByLabel("hw_odd", { exact: true });
  await value.fill("typed");
  await api.forget(`${api.image}/images/${described.id}`);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(alert(page, "404")).toBeVisible();
  await expectNoMessage(page, /Saved/);
  await expect(heading(page, "Update metadata")).toBeVisible();
  await expect(value).toHaveValue("typed");
});

test("the cloud's refusal is shown in its own words and the draft stays", async ({ page, member, account }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("refused") });
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  await page.getByLabel("Image name", { exact: true }).fill("demo-fail-409");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(alert(page, /409/)).toContainText("There was a conflict when trying to complete your request.");
  await expectNoMessage(page, /Saved/);
  await expect(heading(page, "Edit image")).toBeVisible();
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue("demo-fail-409");
  expect((await api.getImage(image.id)).name).toBe(image.name);
});

test("what is being saved can't be changed meanwhile, and after a refusal the focus is where it was", async ({ page, member, account }) => {
  const image = await (await member.api()).createImage({ name: unique("held") });
  await signIn(page, await account("admin"), `/images/${image.id}/edit`);
  const name = page.getByLabel("Image name", { exact: true });
  const form = page.locator("form", { has: name });
  await name.fill("demo-fail-409");
  const release = await holdBack(page, `**/v2/images/${image.id}`, (request) => request.method() === "PATCH");
  await name.press("Enter");
  await expect(form).toHaveAttribute("aria-busy", "true");
  await expect(name).not.toBeFocused();
  await page.keyboard.type("lost");
  release();
  await expect(alert(page, /409/)).toBeVisible();
  await expect(name).toHaveValue("demo-fail-409");
  await expect(name).toBeFocused();
  await expect(form).not.toHaveAttribute("aria-busy");
  await page.keyboard.type("!");
  await expect(name).toHaveValue(/!/);
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
