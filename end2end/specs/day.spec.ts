// The work of a day by an ordinary member, from the first file to an empty project, with a colleague in another one: what
// any cloud must be able to do for its people through Sextant, whoever has set it up.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import type { Cloud, Json } from "../support/api.ts";
import { expectAllowed, expectMessage, expectRefused, heading, navigation, pickFiles, rowAction, rowOf, search, signIn, step, upload } from "../support/app.ts";
import { cloud } from "../support/env.ts";
import { qcow2, sha512 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test, type Account } from "../support/test.ts";
import { fetchable, Web } from "../support/web.ts";

/** A real cloud builds, copies and tears down at its own pace. */
const SLOW = { timeout: 120_000 };
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
const button = (page: Page, name: string) => page.getByRole("main").getByRole("button", { name, exact: true });
const isActive = (page: Page) => expect(page.getByRole("main").getByText("Active", { exact: true }).first()).toBeVisible(SLOW);

test("the work of a day: upload, import, share, launch, snapshot, verify, clean up", { tag: "@cloud" }, async ({
  page, browser, baseURL, member, account, steward, temporary,
}) => {
  test.setTimeout(900_000);
  const api = await member.api();
  const word = unique("day");
  const [own, fetched, snapshot] = [`${word}-own`, `${word}-fetched`, `${word}-snapshot`];
  const file = temporary(qcow2());
  // By a link of the browser's own, so that what is saved can be compared here.
  await page.addInitScript(() => Object.assign(window, { showSaveFilePicker: undefined }));

  await test.step("upload a file", () => uploadFile(page, member, own, file));
  const image = (await api.imagesNamed(own))[0];
  expect(image).toMatchObject({ status: "active", visibility: "private", os_hash_value: await sha512(file) });
  await test.step("have the cloud fetch another", () => importUrl(page, fetched, file));
  await test.step("what a member may change", () => protectAndLift(page, own));

  const colleague = await account("member", await steward.project("colleague"));
  const theirs = await browser.newPage({ baseURL });
  await test.step("share it with a colleague's project, who accepts", () => share(page, theirs, image, colleague));

  const first = `${word}-first`;
  const place = await placeToLaunch(api);
  await test.step("launch with a new volume, a network and a new key", () => launchWithAll(page, api, own, first, place, `${word}-key`));
  const second = `${word}-second`;
  await test.step("launch from the image itself", async () => {
    await wizard(page, own, second, place);
    await launch(page, second);
  });
  await test.step("keep a snapshot of that", () => keepSnapshot(page, api, snapshot));
  await test.step("verify the image", () => verify(page, api, image));
  await test.step("make a volume of it", () => createVolume(page, api, image));
  await test.step("take it out of use, and back", () => pause(page, api, image));
  await test.step("download it, and compare", () => download(page, image, file));

  await test.step("delete the instances", () => deleteInstances(page, api, [first, second]));
  await test.step("delete the images", () => deleteImages(page, word, [own, fetched, snapshot]));
  await test.step("the colleague sees it no more", async () => {
    await theirs.goto("/images");
    await expect(heading(theirs, "Images")).toBeVisible();
    await expect(theirs.getByRole("table", { name: "Images" }).getByRole("link").first()).toBeVisible();
    await expect(rowOf(theirs, own)).toHaveCount(0);
    await theirs.close();
  });
  // Volumes and key pairs are made here, and looked after elsewhere.
  for (const volume of await volumes(api)) await api.forget(`${api.volume}/volumes/${volume.id}`);
  await api.forget(`${api.compute}/os-keypairs/${word}-key`);
  await test.step("nothing is left behind", () => expectNothingLeft(api));
});

async function uploadFile(page: Page, member: Account, name: string, file: string) {
  await signIn(page, member, "/images/new");
  await pickFiles(page, file);
  await field(page, "Image name").fill(name);
  await expect(field(page, "Format")).toHaveValue("qcow2");
  await button(page, "Create image").click();
  await expect(upload(page, name)).toContainText("Verified: bytes in the cloud match your file", SLOW);
  await expect(rowOf(page, name)).toContainText("Active");
}

async function importUrl(page: Page, name: string, file: string) {
  const web = await Web.start();
  await page.getByRole("main").getByRole("link", { name: "Create image", exact: true }).click();
  await page.getByRole("group", { name: "Image source" }).getByRole("radio", { name: "URL", exact: true }).click();
  await field(page, "Image URL").fill(fetchable(web, "day.qcow2", file));
  await field(page, "Image name").fill(name);
  await button(page, "Create image").click();
  await expect(upload(page, name)).toContainText("Active", SLOW);
  await expect(rowOf(page, name)).toContainText("Active");
  web.stop();
}

async function protectAndLift(page: Page, name: string) {
  await (await rowAction(page, name, "Protect")).click();
  await expectMessage(page, `${name} is protected now`);
  await expectRefused(await rowAction(page, name, "Delete"), /Protected images/);
  await page.keyboard.press("Escape");
  await (await rowAction(page, name, "Lift protection")).click();
  await expectMessage(page, `${name} is not protected any more`);
}

async function share(page: Page, theirs: Page, image: Json, colleague: Account) {
  await (await rowAction(page, image.name, "Share")).click();
  await field(page, "Project id or name").fill(colleague.project.id);
  await button(page, "Add project").click();
  await page.getByRole("dialog").getByRole("button", { name: "Make shared and add project" }).click();
  const row = page.getByRole("table", { name: "Shared with" }).getByRole("row").filter({ hasText: colleague.project.id });
  await expect(row).toContainText("Pending");
  await signIn(theirs, colleague);
  await theirs.getByRole("tab", { name: /^Shared with you/ }).click();
  await theirs.getByRole("button", { name: `Accept ${image.name}`, exact: true }).click();
  await expectAllowed(launchOf(theirs, image.name));
  await page.reload();
  await expect(row).toContainText("Accepted");
}

/** A link where it leads somewhere, a button with the reason where it doesn't. */
function launchOf(page: Page, image: string) {
  return rowOf(page, image).getByRole("link", { name: `Launch ${image}` });
}

interface Place {
  flavor: string;
  network: string;
}

/** What this cloud has, whoever set it up: its smallest flavor with a disk, and a network. */
async function placeToLaunch(api: Cloud): Promise<Place> {
  const flavors = ((await api.call("GET", `${api.compute}/flavors/detail`)).flavors as Json[]).filter((it) => it.disk > 0);
  const [smallest] = flavors.sort((one, other) => one.ram - other.ram || one.disk - other.disk);
  const networks = (await api.call("GET", `${api.network}/networks`)).networks as Json[];
  const [network] = networks.filter((it) => it.subnets.length > 0 && !it["router:external"]);
  return { flavor: smallest.name, network: network.name };
}

/** The wizard for an image, from its row, with a name, a flavor and a network. */
async function wizard(page: Page, image: string, name: string, place: Place) {
  await navigation(page, "Images").click();
  await launchOf(page, image).click();
  await field(page, "Instance name").fill(name);
  await step(page, "Flavor");
  await page.getByRole("radio", { name: place.flavor, exact: true }).check();
  await step(page, "Networks");
  await page.getByRole("checkbox", { name: place.network, exact: true }).check();
}

async function launch(page: Page, name: string) {
  await step(page, "Review");
  await button(page, "Launch instance").click();
  await expect(heading(page, name)).toBeVisible();
  await isActive(page);
}

async function launchWithAll(page: Page, api: Cloud, image: string, name: string, place: Place, key: string) {
  await wizard(page, image, name, place);
  await step(page, "Source");
  await page.getByRole("checkbox", { name: "Create new volume" }).check();
  await page.getByRole("checkbox", { name: "Delete volume when the instance is deleted" }).check();
  await step(page, "Key pair");
  await button(page, "Create key pair").click();
  const making = page.getByRole("dialog", { name: "Create key pair" });
  await making.getByLabel("Key pair name").fill(key);
  await making.getByRole("button", { name: "Create key pair" }).click();
  const made = page.getByRole("dialog", { name: `Private key of ${key}` });
  const saved = page.waitForEvent("download");
  await made.getByRole("button", { name: `Download ${key}.pem` }).click();
  expect(readFileSync(await (await saved).path(), "utf8")).toContain("PRIVATE KEY");
  await made.getByRole("button", { name: "Done" }).click();
  await launch(page, name);
  const server = (await api.servers()).find((one) => one.name === name);
  expect(server).toMatchObject({ status: "ACTIVE", key_name: key, image: "" });
  expect(Object.keys(server?.addresses)).toEqual([place.network]);
  expect(await volumes(api)).toMatchObject([{ status: "in-use", bootable: "true" }]);
}

async function keepSnapshot(page: Page, api: Cloud, name: string) {
  await button(page, "Create snapshot").click();
  const dialog = page.getByRole("dialog", { name: "Create snapshot" });
  await dialog.getByLabel("Snapshot name").fill(name);
  await dialog.getByRole("button", { name: "Create snapshot" }).click();
  await navigation(page, "Images").click();
  await expect(page.getByRole("status").filter({ hasText: `“${name}” is ready` }).first()).toBeVisible(SLOW);
  await expect(rowOf(page, name)).toContainText("Snapshot");
  expect((await api.imagesNamed(name))[0]).toMatchObject({ status: "active", image_type: "snapshot" });
}

async function verify(page: Page, api: Cloud, image: Json) {
  await search(page, image.name);
  await (await rowAction(page, image.name, "Verify")).click();
  await button(page, "Start verification").click();
  // A real Nova with its fake driver writes nothing that tells of a boot: that is a verdict of its own.
  const words = cloud === "real" ? "Active, console inconclusive" : "The image boots";
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText(words, { timeout: 240_000 });
  await expectMessage(page, "The test instance is deleted.");
  const { servers } = await api.call("GET", `${api.compute}/servers/detail`);
  expect((servers as Json[]).filter((one) => one.metadata.sextant_verify_image && one.status !== "DELETED")).toEqual([]);
}

async function createVolume(page: Page, api: Cloud, image: Json) {
  await page.goto(`/images/${image.id}`);
  await button(page, "Create volume").click();
  const dialog = page.getByRole("dialog", { name: "Create volume" });
  await dialog.getByRole("button", { name: "Create volume" }).click();
  await expect(dialog.getByRole("status").filter({ hasText: "is ready" })).toBeVisible(SLOW);
  await dialog.getByRole("button", { name: "Close" }).click();
  expect((await volumes(api)).find((volume) => volume.name === image.name)).toMatchObject({ status: "available", bootable: "true" });
}

async function pause(page: Page, api: Cloud, image: Json) {
  for (const [word, status] of [["Deactivate", "deactivated"], ["Reactivate", "active"]]) {
    await button(page, word).click();
    await page.getByRole("dialog").getByRole("button", { name: `${word} image`, exact: true }).click();
    await expect.poll(async () => (await api.getImage(image.id)).status).toBe(status);
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  await expectAllowed(button(page, "Launch"));
}

async function download(page: Page, image: Json, file: string) {
  await button(page, "Download").click();
  const saved = page.waitForEvent("download");
  await page.getByRole("dialog").getByRole("button", { name: "Download", exact: true }).click();
  expect(readFileSync(await (await saved).path()).equals(readFileSync(file))).toBe(true);
  const entry = page.getByRole("region", { name: "Downloads" }).getByRole("listitem").filter({ hasText: image.name });
  await expect(entry).toContainText("Verified");
}

async function deleteInstances(page: Page, api: Cloud, names: string[]) {
  await navigation(page, "Instances").click();
  for (const name of names) {
    await page.getByRole("button", { name: `Actions for ${name}`, exact: true }).click();
    await page.getByRole("menu").getByRole("menuitem", { name: "Delete", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete instance" }).click();
    await expectMessage(page, `“${name}” is being deleted`);
  }
  await expect(page.getByRole("main")).toContainText("No instances yet", SLOW);
  await expect.poll(async () => (await api.servers()).length, SLOW).toBe(0);
  // The first one's volume goes with it, as was chosen.
  await expect.poll(async () => (await volumes(api)).length, SLOW).toBe(1);
}

async function deleteImages(page: Page, word: string, names: string[]) {
  await navigation(page, "Images").click();
  await search(page, word);
  // Not while rows are still moving up under the pointer.
  await expect(page.getByRole("table", { name: "Images" }).getByRole("checkbox", { name: /^Select (?!all)/ })).toHaveCount(names.length);
  for (const name of names) await page.getByRole("checkbox", { name: `Select ${name}`, exact: true }).check();
  await expect(page.getByRole("region", { name: "Selection" })).toContainText(`${names.length}`);
  await page.getByRole("region", { name: "Selection" }).getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Delete images" });
  await dialog.getByRole("button", { name: "Delete images", exact: true }).click();
  await expect(dialog).toContainText("3 images were deleted.");
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  for (const name of names) await expect(rowOf(page, name)).toHaveCount(0);
}

async function volumes(api: Cloud): Promise<Json[]> {
  return (await api.call("GET", `${api.volume}/volumes/detail`)).volumes;
}

/** Asked of the services themselves, as the member. */
async function expectNothingLeft(api: Cloud) {
  const mine = api.project?.id;
  const listed = async (url: string, kind: string): Promise<Json[]> => (await api.call("GET", url))[kind];
  const left = async () => ({
    images: (await listed(`${api.image}/images?owner=${mine}`, "images")).map((it) => it.name),
    hidden: (await listed(`${api.image}/images?owner=${mine}&os_hidden=true`, "images")).map((it) => it.name),
    servers: (await listed(`${api.compute}/servers`, "servers")).map((it) => it.name),
    keys: (await listed(`${api.compute}/os-keypairs`, "keypairs")).map((it) => it.keypair.name),
    volumes: (await listed(`${api.volume}/volumes`, "volumes")).map((it) => it.name),
    snapshots: (await listed(`${api.volume}/snapshots`, "snapshots")).map((it) => it.name),
    ports: (await listed(`${api.network}/ports?project_id=${mine}`, "ports")).map((it) => it.id),
    networks: (await listed(`${api.network}/networks?project_id=${mine}`, "networks")).map((it) => it.name),
  });
  const nothing = { images: [], hidden: [], servers: [], keys: [], volumes: [], snapshots: [], ports: [], networks: [] };
  await expect.poll(left, SLOW).toEqual(nothing);
}
