// Each command that the app shows is run with the real client as it stands; what comes of it is what the form does.
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import type { Cloud, Json } from "../support/api.ts";
import { heading, pickFiles, rowAction, search, signIn, upload } from "../support/app.ts";
import { anyQcow2, qcow2, scratchFile } from "../support/files.ts";
import { inTerminal } from "../support/openstack.ts";
import { unique } from "../support/tenant.ts";
import { test as base, type Account } from "../support/test.ts";
import { fetchable, Web } from "../support/web.ts";

const test = base.extend<{ web: Web; folder: string }>({
  web: async ({}, use) => {
    const web = await Web.start();
    await use(web);
    web.stop();
  },
  /** Where the lines are run. */
  folder: async ({ temporary }, use) => {
    const folder = temporary(scratchFile(unique("terminal")));
    mkdirSync(folder, { recursive: true });
    await use(folder);
  },
});

// Each line starts a Python of its own, some tests run a dozen.
test.describe.configure({ timeout: 240_000 });

const ODD = "-it's $HOME `x` \"quoted\" \\ & ; <b>镜像</b> * ";

/** The line that a form or a dialog shows. */
async function shown(where: Page | Locator, name = "Show the command"): Promise<string> {
  const summary = where.getByText(name, { exact: true }).last();
  const command = where.getByLabel(name, { exact: true }).filter({ hasText: "openstack" }).last();
  if (!(await command.isVisible())) await summary.click();
  await expect(command).toBeVisible();
  return (await command.textContent()) ?? "";
}

/** All that is said of an image but its ids and times, and what the client adds of its own to each that it creates. */
function facts(image: Json): Json {
  const own = ["id", "created_at", "updated_at", "self", "file", "schema", "direct_url", "locations"];
  const kept = Object.entries(image).filter(([key]) => !own.includes(key) && !key.startsWith("owner_specified.openstack."));
  return { ...Object.fromEntries(kept), tags: [...image.tags].sort() };
}

/** Every image of the project. */
async function all(api: Cloud, project: { id: string }): Promise<Json[]> {
  const answers = ["false", "true"].map((hidden) =>
    api.call("GET", `${api.image}/images?owner=${project.id}&visibility=all&os_hidden=${hidden}&limit=100`),
  );
  const images: Json[] = (await Promise.all(answers)).flatMap((answer) => answer.images);
  return images.filter((image) => image.owner === project.id);
}

/** That the project's two images, one by the form and one by the command, are active and the same. */
async function expectTwins(who: Account): Promise<Json> {
  const api = await who.api();
  await expect
    .poll(async () => (await all(api, who.project)).map((image) => image.status), { timeout: 30_000 })
    .toEqual(["active", "active"]);
  const [one, two] = await all(api, who.project);
  expect(facts(one)).toEqual(facts(two));
  return one;
}

const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });

async function ownKey(page: Page, key: string, value: string) {
  await field(page, "New key").fill(key);
  await field(page, "New key").press("Enter");
  await field(page, key).fill(value);
}

async function submit(page: Page) {
  await page.getByRole("button", { name: "Create image", exact: true }).click();
  await expect(heading(page, "Images")).toBeVisible();
}

test("creating from a file: every field, odd names, tags and values", { tag: "@cloud" }, async ({ page, account, folder }) => {
  const boss = await account("admin");
  const file = join(folder, "-my disk's $1.qcow2");
  copyFileSync(qcow2(), file);
  await signIn(page, boss, "/images/new");
  await pickFiles(page, file);
  await expect(field(page, "Format")).toHaveValue("qcow2");
  await field(page, "Image name").fill(ODD.trim());
  await field(page, "Description").fill(`${ODD.trim()} = a\tb`);
  await field(page, "Architecture").fill("x86_64");
  await field(page, "Minimum disk (GB)").fill("3");
  await field(page, "Minimum RAM (MB)").fill("256");
  await page.getByRole("radio", { name: "Community" }).check();
  await page.getByText("Advanced", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Hidden" }).check();
  await field(page, "Tags").fill("two words, -lead, it's, 镜像, a/b,");
  await page.getByText("Metadata", { exact: true }).click();
  await ownKey(page, "own key/~", "a=b\\n $(x)");
  await ownKey(page, "-x", "");
  const line = await shown(page);
  await submit(page);
  await inTerminal(line, boss, folder);
  const image = await expectTwins(boss);
  expect(image).toMatchObject({ name: ODD.trim(), min_disk: 3, visibility: "community", os_hidden: true, "-x": "" });
});

test("creating a protected image with what is there by default", { tag: "@cloud" }, async ({ page, member, folder }) => {
  const file = join(folder, "plain.qcow2");
  copyFileSync(qcow2(), file);
  await signIn(page, member, "/images/new");
  await pickFiles(page, file);
  await page.getByRole("checkbox", { name: "Protected" }).check();
  await expect(field(page, "Format")).toHaveValue("qcow2");
  const line = await shown(page);
  await submit(page);
  await inTerminal(line, member, folder);
  expect(await expectTwins(member)).toMatchObject({ protected: true, name: "plain" });
});

test("creating from a file, into a store", { tag: "@cloud" }, async ({ page, member, folder }) => {
  const file = join(folder, "my disk's.qcow2");
  copyFileSync(qcow2(), file);
  await signIn(page, member, "/images/new");
  await pickFiles(page, file);
  await expect(field(page, "Format")).toHaveValue("qcow2");
  await field(page, "Image name").fill(ODD.trim());
  await page.getByText("Advanced", { exact: true }).click();
  await field(page, "Store").selectOption("archive");
  const line = await shown(page);
  await submit(page);
  await inTerminal(line, member, folder);
  expect(await expectTwins(member)).toMatchObject({ stores: "archive", name: ODD.trim() });
});

test("importing from an address, into a store, hidden", { tag: "@cloud" }, async ({ page, member, web, folder }) => {
  await signIn(page, member, "/images/new");
  await page.getByText("Advanced", { exact: true }).click();
  await page.getByRole("radio", { name: "URL", exact: true }).check();
  await field(page, "Image URL").fill(`${fetchable(web, "from-url.qcow2", anyQcow2())}`);
  await field(page, "Format").selectOption("qcow2");
  await field(page, "Image name").fill(ODD.trim());
  await field(page, "Store").selectOption("archive");
  await page.getByRole("checkbox", { name: "Hidden" }).check();
  const line = await shown(page);
  await submit(page);
  await inTerminal(line, member, folder);
  expect(await expectTwins(member)).toMatchObject({ stores: "archive", os_hidden: true });
});

test("a ready-made image", async ({ page, member, web, folder }) => {
  const properties = { os_distro: "it's", os_version: "1=2" };
  const entry = { name: "Ready -made", url: web.put("ready.qcow2", anyQcow2()), format: "qcow2", min_disk: 1, properties };
  await page.route("**/gallery.json", (route) => route.fulfill({ json: { images: [entry] } }));
  await signIn(page, member, "/images/new");
  await page.getByRole("radio", { name: "Ready-made", exact: true }).check();
  await page.getByRole("button", { name: "Use Ready -made" }).click();
  const line = await shown(page);
  await submit(page);
  await inTerminal(line, member, folder);
  expect(await expectTwins(member)).toMatchObject({ ...properties, min_disk: 1 });
});

test("editing: set, emptied, tags, visibility, protection", { tag: "@cloud" }, async ({ page, account, folder }) => {
  const boss = await account("admin");
  const api = await boss.api();
  const before = { name: unique("edited"), description: "goes", architecture: "i686", tags: ["kept", "two words"], protected: true, min_disk: 2, odd: "stays" };
  const [one, two] = [await api.createImage(before, anyQcow2()), await api.createImage(before, anyQcow2())];
  await signIn(page, boss, `/images/${one.id}/edit`);
  await field(page, "Image name").fill(ODD.trim());
  await field(page, "Description").fill("");
  await field(page, "Architecture").fill("it's=odd");
  await field(page, "Minimum disk (GB)").fill("0");
  await field(page, "Minimum RAM (MB)").fill("512");
  await page.getByRole("checkbox", { name: "Protected" }).uncheck();
  await page.getByRole("radio", { name: "Public" }).check();
  await page.getByText("Advanced", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Hidden" }).check();
  await page.getByRole("button", { name: /two words/ }).click();
  await field(page, "Tags").fill("-new, a/b, 镜像,");
  await sameByCommand(page, boss, folder, one, two);
  expect(await api.getImage(one.id)).toMatchObject({ min_disk: 0, odd: "stays", visibility: "public" });
});

test("metadata: set, changed and removed", { tag: "@cloud" }, async ({ page, account, folder }) => {
  const boss = await account("admin");
  const api = await boss.api();
  const before = { name: unique("keyed"), gone: "1", "go ne/~": "2", hw_video_ram: "16", hw_vif_model: "e1000", odd: "stays" };
  const [one, two] = [await api.createImage(before, anyQcow2()), await api.createImage(before, anyQcow2())];
  await signIn(page, boss, `/images/${one.id}/metadata`);
  for (const key of ["gone", "go ne/~", "hw_vif_model"]) await page.getByRole("button", { name: `Remove ${key}`, exact: true }).click();
  await field(page, "hw_video_ram").fill("32");
  await ownKey(page, "own 键", ODD);
  await sameByCommand(page, boss, folder, one, two);
});

test("what the client has no way to say is named, and the line does the rest", async ({ page, account, folder }) => {
  const boss = await account("admin");
  const api = await boss.api();
  const before = { name: unique("unsaid"), "a=b": "1", wait: "2", odd: "3" };
  const [one, two] = [await api.createImage(before), await api.createImage(before)];
  await signIn(page, boss, `/images/${one.id}/metadata`);
  await page.getByRole("button", { name: "Remove a=b", exact: true }).click();
  await field(page, "wait").fill("changed");
  await field(page, "odd").fill("changed");
  const line = await shown(page);
  const note = page.getByRole("main").getByRole("group").filter({ hasText: "no way to say" });
  for (const key of ["a=b", "wait"]) await expect(note.getByRole("listitem").filter({ hasText: key })).toBeVisible();
  await inTerminal(line.replaceAll(one.id, two.id), boss, folder);
  expect(await api.getImage(two.id)).toMatchObject({ "a=b": "1", wait: "2", odd: "changed" });
});

/** Saves the form for the one, runs its command for the other: both are the same then. */
async function sameByCommand(page: Page, who: Account, folder: string, one: Json, two: Json) {
  const line = await shown(page);
  await page.getByRole("button", { name: "Save changes", exact: true }).click();
  await expect(heading(page, "Edit image").or(heading(page, "Update metadata"))).toHaveCount(0);
  await inTerminal(line.replaceAll(one.id, two.id), who, folder);
  const api = await who.api();
  const [saved, run] = [await api.getImage(one.id), await api.getImage(two.id)];
  expect(facts(run)).toEqual(facts(saved));
  expect(facts(saved)).not.toEqual(facts(one));
}

test("sharing: offered, accepted, left, taken back", { tag: "@cloud" }, async ({ page, browser, member, account, steward, folder }) => {
  const api = await member.api();
  const friends = await steward.project("friend");
  const friend = await account("member", friends);
  const [one, two] = [await api.createImage({ name: unique("one") }), await api.createImage({ name: unique("two") })];
  const members = async (image: Json) =>
    (await api.call("GET", `${api.image}/images/${image.id}/members`)).members.map((it: Json) => [it.member_id, it.status]);
  const forOther = (line: string) => line.replaceAll(one.id, two.id);

  // Made shared and offered in one go.
  await signIn(page, member, `/images/${one.id}/sharing`);
  await field(page, "Project id or name").fill(friends.id);
  await page.getByRole("button", { name: "Add project", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Make the image shared?" });
  const offer = await shown(dialog);
  await dialog.getByRole("button", { name: "Make shared and add project" }).click();
  // A private image has no list of members.
  await expect.poll(() => members(one).catch(() => [])).toEqual([[friends.id, "pending"]]);
  await inTerminal(forOther(offer), member, folder);
  expect([await members(two), (await api.getImage(two.id)).visibility]).toEqual([[[friends.id, "pending"]], "shared"]);

  // The owner's page names what the other side, which may have no console, has to run.
  const accept = await shown(page.getByRole("main"), "Show the command: Accept");
  await inTerminal(forOther(accept), friend, folder);
  expect(await members(two)).toEqual([[friends.id, "accepted"]]);

  // The other side's own page.
  const other = await (await browser.newContext()).newPage();
  await signIn(other, friend, `/images/${one.id}/sharing`);
  expect(await shown(other.getByRole("main"), "Show the command: Accept")).toBe(accept);
  await other.getByRole("tabpanel").getByRole("button", { name: "Accept", exact: true }).click();
  await expect.poll(() => members(one)).toEqual(await members(two));
  await other.getByRole("tabpanel").getByRole("button", { name: "Leave", exact: true }).click();
  const leaving = other.getByRole("dialog");
  const leave = await shown(leaving);
  await leaving.getByRole("button", { name: /Leave/ }).click();
  await expect.poll(() => members(one)).toEqual([[friends.id, "rejected"]]);
  await inTerminal(forOther(leave), friend, folder);
  expect(await members(two)).toEqual([[friends.id, "rejected"]]);
  await other.context().close();

  await page.reload();
  await page.getByRole("button", { name: /^Remove/ }).click();
  const removal = page.getByRole("dialog");
  const remove = await shown(removal);
  await removal.getByRole("button", { name: /Remove/ }).click();
  await expect.poll(() => members(one)).toEqual([]);
  await inTerminal(forOther(remove), member, folder);
  expect(await members(two)).toEqual([]);

  await page.getByRole("button", { name: "Stop sharing", exact: true }).click();
  const stopping = page.getByRole("dialog", { name: "Stop sharing" });
  const stop = await shown(stopping);
  await stopping.getByRole("button", { name: "Stop sharing", exact: true }).click();
  await expect.poll(async () => (await api.getImage(one.id)).visibility).toBe("private");
  await inTerminal(forOther(stop), member, folder);
  expect((await api.getImage(two.id)).visibility).toBe("private");
});

test("deactivating, reactivating and deleting", { tag: "@cloud" }, async ({ page, member, folder }) => {
  const api = await member.api();
  const [one, two] = [await api.createImage({ name: unique("one") }, anyQcow2()), await api.createImage({ name: unique("two") }, anyQcow2())];
  const status = async (image: Json) => (await api.raw("GET", `${api.image}/images/${image.id}`)).status;
  await signIn(page, member);
  await search(page, one.name);
  await (await rowAction(page, one.name, "Deactivate")).click();
  let dialog = page.getByRole("dialog");
  let line = await shown(dialog);
  await dialog.getByRole("button", { name: /Deactivate/ }).click();
  await expect(dialog).toHaveCount(0);
  await inTerminal(line.replaceAll(one.id, two.id), member, folder);
  for (const image of [one, two]) expect((await api.getImage(image.id)).status).toBe("deactivated");

  await (await rowAction(page, one.name, "Delete")).click();
  dialog = page.getByRole("dialog");
  line = await shown(dialog);
  await dialog.getByRole("button", { name: "Delete image", exact: true }).click();
  await expect.poll(() => status(one)).toBe(404);
  await inTerminal(line.replaceAll(one.id, two.id), member, folder);
  expect(await status(two)).toBe(404);
});

test("batches of every kind", { tag: "@cloud" }, async ({ page, account, folder }) => {
  const boss = await account("admin");
  const api = await boss.api();
  const word = unique("batch");
  const make = async (at: string, tags: string[]) => api.createImage({ name: `${word}-${at}`, tags }, anyQcow2());
  const form = [await make("form-1", ["old one", "gone"]), await make("form-2", ["gone"])];
  const line = [await make("line-1", ["old one", "gone"]), await make("line-2", ["gone"])];
  await signIn(page, boss);
  await search(page, `${word}-form`);
  for (const image of form) await page.getByRole("checkbox", { name: `Select ${image.name}`, exact: true }).check();
  const bar = page.getByRole("region", { name: "Selection" });
  const dialog = page.getByRole("dialog");
  const others = (text: string) => form.reduce((text, image, at) => text.replaceAll(image.id, line[at].id), text);
  const done = async (button: RegExp) => {
    const command = await shown(dialog);
    await dialog.getByRole("button", { name: button }).last().click();
    await expect(dialog).toContainText(/2 images were/);
    await dialog.getByRole("button", { name: "Close", exact: true }).click();
    await inTerminal(others(command), boss, folder);
  };
  const expectSame = async () => {
    for (const [at, image] of form.entries()) {
      const [saved, run] = [await api.getImage(image.id), await api.getImage(line[at].id)];
      expect(facts({ ...run, name: "" })).toEqual(facts({ ...saved, name: "" }));
    }
  };
  const more = async (item: string) => {
    await bar.getByRole("button", { name: "More actions for the selection" }).click();
    await page.getByRole("menu").getByRole("menuitem", { name: item, exact: true }).click();
  };

  await more("Add tags");
  await dialog.getByRole("textbox", { name: "Tags" }).fill("it's new, a/b");
  await done(/^Add tags/);
  await more("Remove tags");
  await dialog.getByRole("textbox", { name: "Tags" }).fill("old one, gone");
  await done(/^Remove tags/);
  await more("Change visibility");
  await dialog.getByLabel("Visibility", { exact: true }).selectOption("community");
  await done(/visibility/);
  await more("Set minimum disk and RAM");
  await dialog.getByLabel("Minimum disk (GB)", { exact: true }).fill("2");
  await dialog.getByLabel("Minimum RAM (MB)", { exact: true }).fill("640");
  await done(/^Set minimum/);
  await expectSame();
  expect(await api.getImage(form[0].id)).toMatchObject({ min_disk: 2, min_ram: 640, visibility: "community" });
  await bar.getByRole("button", { name: "Deactivate", exact: true }).click();
  await done(/^Deactivate/);
  await expectSame();
  await bar.getByRole("button", { name: "Reactivate", exact: true }).click();
  await done(/^Reactivate/);
  await expectSame();
  await bar.getByRole("button", { name: "Delete", exact: true }).click();
  await done(/^Delete/);
  expect((await all(api, boss.project)).map((image) => image.name)).toEqual([]);
});

test("a copy in another store, and its removal", { tag: "@cloud" }, async ({ page, account, folder }) => {
  const boss = await account("admin");
  const api = await boss.api();
  const [one, two] = [await api.createImage({ name: unique("one") }, anyQcow2()), await api.createImage({ name: unique("two") }, anyQcow2())];
  const stores = async (image: Json) => (await api.getImage(image.id)).stores.split(",").sort();
  await signIn(page, boss, `/images/${one.id}`);
  const copies = page.getByRole("region", { name: "Copies" });
  const copy = await shown(copies.getByRole("listitem").filter({ hasText: "archive" }));
  await copies.getByRole("button", { name: "Copy to archive" }).click();
  await expect(upload(page, one.name)).toContainText("Copied to archive");
  await inTerminal(copy.replaceAll(one.id, two.id), boss, folder);
  await expect.poll(() => stores(two)).toEqual(["archive", "local"]);
  expect(await stores(one)).toEqual(["archive", "local"]);

  await copies.getByRole("button", { name: "Remove the copy in local" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove this copy?" });
  const remove = await shown(dialog);
  await dialog.getByRole("button", { name: "Remove copy" }).click();
  await expect(dialog).toHaveCount(0);
  await inTerminal(remove.replaceAll(one.id, two.id), boss, folder);
  expect([await stores(one), await stores(two)]).toEqual([["archive"], ["archive"]]);
});

test("saving to a file where the browser can't", { tag: "@cloud" }, async ({ page, member, folder }) => {
  const file = qcow2();
  const image = await (await member.api()).createImage({ name: "-it's $odd" }, file);
  await page.addInitScript(() => Object.assign(window, { showSaveFilePicker: undefined }));
  await signIn(page, member, `/images/${image.id}`);
  await page.getByRole("main").getByRole("button", { name: "Download", exact: true }).click();
  const line = await shown(page.getByRole("dialog"));
  await inTerminal(line, member, folder);
  const saved = line.match(/--file[ =](?:'((?:[^']|'\\'')*)'|(\S+))/);
  const name = (saved?.[1] ?? saved?.[2] ?? "").replaceAll("'\\''", "'");
  expect(readFileSync(join(folder, name)).equals(readFileSync(file))).toBe(true);
});
