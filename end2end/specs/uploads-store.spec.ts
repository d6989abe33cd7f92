// A file that goes to another store than the cloud's default one: it is staged, and imported from there.
import { basename } from "node:path";
import type { Page, Request } from "@playwright/test";
import { expectAccessible, heading, pickFiles, rowOf, signIn, throttleUploads, upload } from "../support/app.ts";
import { qcow2, raw, sha512 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

const MiB = 1024 * 1024;
const create = { name: "Create image", exact: true };
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });

/** Fills the form with a file, a name and the store `archive`. */
async function fill(page: Page, file: string, name: string): Promise<void> {
  await pickFiles(page, file);
  await field(page, "Image name").fill(name);
  await page.getByText("Advanced", { exact: true }).click();
  await field(page, "Store").selectOption("archive");
}

async function submit(page: Page): Promise<void> {
  await page.getByRole("button", create).click();
  await expect(heading(page, "Images")).toBeVisible();
}

/** What the page does to bring bytes in: `PUT stage`, `POST import {…}`. */
function bringing(page: Page): string[] {
  const seen: string[] = [];
  page.on("request", (request: Request) => {
    const what = /\/v2\/images\/[^/]+\/(file|stage|import)$/.exec(request.url())?.[1];
    const body = what === "import" ? ` ${request.postData()}` : "";
    if (what && ["PUT", "POST"].includes(request.method())) seen.push(`${request.method()} ${what}${body}`);
  });
  return seen;
}

const IMPORT = 'POST import {"method":{"name":"glance-direct"},"stores":["archive"]}';

test("a file arrives in the store that was chosen, byte for byte", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("to-archive");
  const file = temporary(qcow2());
  const sent = bringing(page);
  await signIn(page, member, "/images/new");
  await fill(page, file, name);
  await page.getByText("Show the command", { exact: true }).last().click();
  const command = field(page, "Show the command").filter({ hasText: "openstack" }).last();
  await expect(command).toContainText(`openstack image stage --file ${basename(file)}`);
  await expect(command).toContainText("openstack image import --store archive --method glance-direct");
  await expectAccessible(page);
  await submit(page);
  await expect(upload(page, name)).toContainText("Verified: bytes in the cloud match your file");
  await expect(rowOf(page, name)).toContainText("Active");
  expect(sent).toEqual(["PUT stage", IMPORT]);
  const [record] = await (await member.api()).imagesNamed(name);
  expect(record).toMatchObject({ status: "active", stores: "archive", disk_format: "qcow2", os_hash_value: await sha512(file) });
});

test("the cloud's default store takes a file without a detour", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("to-default");
  const sent = bringing(page);
  await signIn(page, member, "/images/new");
  await fill(page, temporary(qcow2()), name);
  await field(page, "Store").selectOption({ index: 0 });
  await submit(page);
  await expect(upload(page, name)).toContainText("Verified");
  expect(sent).toEqual(["PUT file"]);
  expect((await (await member.api()).imagesNamed(name))[0].stores).toBe("local");
});

test("where files can't be imported, the store can't be chosen, and the reason is said", async ({ page, member, temporary }) => {
  const name = unique("no-choice");
  await page.route("**/v2/info/import", (route) => route.fulfill({ json: { "import-methods": { value: ["web-download"] } } }));
  await signIn(page, member, "/images/new");
  await page.getByText("Advanced", { exact: true }).click();
  await expect(field(page, "Store")).toBeDisabled();
  await expect(field(page, "Store")).toHaveAccessibleDescription(/does not offer “glance-direct”/);
  // A URL may go there all the same; back to the file, the choice does not count.
  await page.getByRole("radio", { name: "URL", exact: true }).click();
  await field(page, "Store").selectOption("archive");
  await page.getByRole("radio", { name: "File", exact: true }).click();
  const sent = bringing(page);
  await pickFiles(page, temporary(qcow2()));
  await field(page, "Image name").fill(name);
  await submit(page);
  await expect(upload(page, name)).toContainText("Verified");
  expect(sent).toEqual(["PUT file"]);
});

test("the tray tells sending from copying, and a cancel meanwhile leaves no record", async ({ page, member, temporary }) => {
  const name = unique("on-its-way");
  let isHeld = true;
  // The cloud takes its time.
  await page.route(/\/v2\/images\/[^/?]+$/, async (route) => {
    if (!isHeld || route.request().method() !== "GET") return route.continue();
    const response = await route.fetch();
    const image = await response.json();
    const status = image.status === "active" ? "importing" : image.status;
    await route.fulfill({ response, json: { ...image, status, os_glance_importing_to_stores: "archive" } });
  });
  await signIn(page, member, "/images/new");
  await fill(page, temporary(raw(6 * MiB)), name);
  await throttleUploads(page, 2 * MiB);
  await submit(page);
  const entry = upload(page, name);
  await expect(entry).toContainText("Sending");
  await expect(entry).toContainText("the cloud is copying them to archive", { timeout: 20_000 });
  await expect(entry.getByRole("progressbar", { name })).toBeVisible();
  await expectAccessible(page);
  await entry.getByRole("button", { name: "Cancel" }).click();
  await expect(entry).toHaveCount(0);
  isHeld = false;
  const api = await member.api();
  await expect.poll(async () => (await api.imagesNamed(name)).length).toBe(0);
});

test("an import that fails says why, and the right format is set and sent again", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("not-qcow2");
  const file = temporary(raw(1 * MiB));
  await signIn(page, member, "/images/new");
  await fill(page, file, name);
  await field(page, "Format").selectOption("qcow2");
  await page.getByRole("button", { name: "Send anyway" }).click();
  const entry = upload(page, name);
  await expect(entry).toContainText("did not bring them to archive");
  await expect(entry).toContainText("The cloud says: Task failed due to Internal Error");
  await expect(entry).toContainText("it is Raw");
  await expectAccessible(page);
  const api = await member.api();
  expect((await api.imagesNamed(name)).map((image) => image.status)).toEqual(["importing"]);
  await entry.getByRole("button", { name: "Set format to raw and retry" }).click();
  await expect(entry).toContainText("Verified");
  const records = await api.imagesNamed(name);
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ status: "active", stores: "archive", disk_format: "raw", os_hash_value: await sha512(file) });
});

test("an import that fails can be given up, and leaves no record", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("given-up");
  await signIn(page, member, "/images/new");
  await fill(page, temporary(raw(1 * MiB)), name);
  await field(page, "Format").selectOption("qcow2");
  await page.getByRole("button", { name: "Send anyway" }).click();
  const entry = upload(page, name);
  await expect(entry).toContainText("did not bring them to archive");
  await entry.getByRole("button", { name: "Cancel" }).click();
  await expect(entry).toHaveCount(0);
  expect(await (await member.api()).imagesNamed(name)).toEqual([]);
});

test("a refusal of the import, and data on staging, are told and retried with a new record", async ({ page, member, temporary }) => {
  const name = unique("refused");
  await page.route("**/import", (route) =>
    route.request().method() === "POST"
      ? route.fulfill({ status: 403, json: { message: "You are not authorized to complete this action." } })
      : route.continue(),
  );
  await signIn(page, member, "/images/new");
  await fill(page, temporary(qcow2()), name);
  await submit(page);
  const entry = upload(page, name);
  await expect(entry).toContainText("does not allow you this");
  const api = await member.api();
  const [first] = await api.imagesNamed(name);
  expect(first.status).toBe("uploading");
  await page.unroute("**/import");
  await page.route("**/stage", (route) => route.fulfill({ status: 409, json: { message: `The image ${first.id} has data on staging` } }));
  await entry.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(entry).toContainText("Data of an earlier import is in the way");
  await page.unroute("**/stage");
  await entry.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(entry).toContainText("Verified");
  const records = await api.imagesNamed(name);
  expect(records).toHaveLength(1);
  expect(records[0].id).not.toBe(first.id);
  expect(records[0]).toMatchObject({ status: "active", stores: "archive" });
});

for (const [when, act] of [
  ["deleted", "Delete the record"],
  ["sent again to the same store", "Choose the file again"],
] as const) {
  test(`what a tab had staged and not imported when it was closed is offered, and ${when}`, async ({ page, member, temporary }) => {
    const context = page.context();
    const name = unique("staged");
    const file = temporary(qcow2());
    // The cloud never hears of the import.
    await page.route("**/import", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
    await signIn(page, member, "/images/new");
    await fill(page, file, name);
    await submit(page);
    const api = await member.api();
    await expect.poll(async () => (await api.imagesNamed(name))[0]?.status).toBe("uploading");
    page.once("dialog", (dialog) => dialog.accept());
    await page.goto("about:blank");
    await page.close();

    const next = await context.newPage();
    await signIn(next, member);
    const entry = upload(next, name);
    if (act === "Delete the record") {
      await entry.getByRole("button", { name: act }).click();
      await expect(entry).toHaveCount(0);
      expect(await api.imagesNamed(name)).toEqual([]);
      return;
    }
    await entry.getByLabel(act).setInputFiles(file);
    await expect(upload(next, name)).toContainText("Verified");
    const records = await api.imagesNamed(name);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ status: "active", stores: "archive", os_hash_value: await sha512(file) });
  });
}
