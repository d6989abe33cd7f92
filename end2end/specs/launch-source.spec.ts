// What is booted from: images, instance snapshots, volumes and volume snapshots, with a new volume or without.
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import type { Cloud, Json } from "../support/api.ts";
import { alert, expectAllowed, expectRefused, heading, rowOf, signIn, step } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test, type Account } from "../support/test.ts";

const radio = (page: Page, name: string) => page.getByRole("radio", { name, exact: true });
const bootSource = (page: Page) => page.getByLabel("Boot source", { exact: true });
const launchButton = (page: Page) => page.getByRole("button", { name: "Launch instance", exact: true });

async function open(page: Page, member: Account, path = "/launch") {
  await signIn(page, member, path);
  await expect(heading(page, "Launch instance")).toBeVisible();
}

async function settled(api: Cloud, url: string, kind: string): Promise<Json> {
  let found: Json = {};
  await expect.poll(async () => (found = (await api.call("GET", url))[kind]).status, { timeout: 60_000 }).toMatch(/available|error/);
  expect(found.status).toBe("available");
  return found;
}

/** A volume of an image, which can be booted from. */
async function bootableVolume(api: Cloud, properties: Json = {}): Promise<Json> {
  const image = await api.createImage({ name: unique("root"), ...properties }, anyQcow2());
  const body = { volume: { name: unique("volume"), size: 2, imageRef: image.id } };
  const { volume } = await api.call("POST", `${api.volume}/volumes`, body);
  return settled(api, `${api.volume}/volumes/${volume.id}`, "volume");
}

async function launch(page: Page, flavor: string) {
  const name = unique("server");
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill(name);
  await step(page, "Flavor");
  await radio(page, flavor).check();
  await step(page, "Review");
  await launchButton(page).click();
  await expect(heading(page, name)).toBeVisible();
  await expect(page.getByRole("main").getByText("Active", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  return name;
}

/** A volume that a test leaves behind goes when nothing holds it any more. */
async function forgetVolumes(api: Cloud) {
  for (const server of await api.servers()) {
    await api.forget(`${api.compute}/servers/${server.id}`);
    await expect.poll(async () => (await api.raw("GET", `${api.compute}/servers/${server.id}`)).status, { timeout: 60_000 }).toBe(404);
  }
  for (const kind of ["snapshots", "volumes"]) {
    for (const one of (await api.call("GET", `${api.volume}/${kind}/detail`))[kind] as Json[]) {
      await api.forget(`${api.volume}/${kind}/${one.id}`);
      await expect.poll(async () => (await api.raw("GET", `${api.volume}/${kind}/${one.id}`)).status, { timeout: 60_000 }).toBe(404);
    }
  }
}

test("a flavor without a disk is one press away from a new volume", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot"), min_disk: 3 }, anyQcow2());
  await open(page, member, `/launch?image=${image.id}`);
  await step(page, "Flavor");
  await expectRefused(radio(page, "c1.micro"), /Has no disk of its own/);
  await page.getByRole("button", { name: "Use a new volume with c1.micro" }).click();
  await expect(radio(page, "c1.micro")).toBeChecked();
  await expect(radio(page, "c1.micro")).toBeFocused();
  await step(page, "Source");
  await expect(page.getByRole("checkbox", { name: "Create new volume" })).toBeChecked();
  await expect(page.getByLabel("Volume size (GB)", { exact: true })).toHaveValue("3");
  await expect(page.getByRole("meter", { name: "Volumes" })).toBeVisible();
  await page.getByRole("checkbox", { name: "Delete volume when the instance is deleted" }).check();
  await launch(page, "c1.micro");
  const volumes = (await api.call("GET", `${api.volume}/volumes/detail`)).volumes as Json[];
  expect(volumes).toMatchObject([{ size: 3, bootable: "true" }]);
  await forgetVolumes(api);
});

/** Launches from a new volume with this choice; what of it is left when the instance is deleted. */
async function leftAfterDeletion(page: Page, member: Account, goes: boolean): Promise<Json[]> {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  await open(page, member, `/launch?image=${image.id}&step=source`);
  await page.getByRole("checkbox", { name: "Create new volume" }).check();
  const choice = page.getByRole("checkbox", { name: "Delete volume when the instance is deleted" });
  // The other choice before, so that it is this one that counts.
  await choice.setChecked(!goes);
  await choice.setChecked(goes);
  const post = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/servers"));
  await launch(page, "m1.tiny");
  expect((await post).postDataJSON().server.block_device_mapping_v2).toMatchObject([
    { uuid: image.id, source_type: "image", destination_type: "volume", boot_index: 0, delete_on_termination: goes },
  ]);
  const [server] = await api.servers();
  await api.forget(`${api.compute}/servers/${server?.id}`);
  await expect.poll(async () => (await api.raw("GET", `${api.compute}/servers/${server?.id}`)).status, { timeout: 60_000 }).toBe(404);
  return (await api.call("GET", `${api.volume}/volumes/detail`)).volumes;
}

test("the new volume goes with its instance where that was chosen", async ({ page, member }) => {
  expect(await leftAfterDeletion(page, member, true)).toEqual([]);
});

test("the new volume stays without its instance where that was chosen", async ({ page, member }) => {
  expect(await leftAfterDeletion(page, member, false)).toMatchObject([{ status: "available", bootable: "true" }]);
  await forgetVolumes(await member.api());
});

test("a volume that is too small for the image is said at its field", { tag: "@cloud" }, async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("boot"), min_disk: 20 }, anyQcow2());
  await open(page, member, `/launch?image=${image.id}&step=source`);
  await page.getByRole("checkbox", { name: "Create new volume" }).check();
  const size = page.getByLabel("Volume size (GB)", { exact: true });
  await expect(size).toHaveValue("20");
  await expect(size).toHaveAccessibleDescription(/At least 20 GB/);
  await size.fill("19");
  await expect(size).toHaveAccessibleDescription(/takes at least 20 GB/);
  await size.fill("many");
  await expect(size).toHaveAccessibleDescription(/whole number/);
  // With a new volume the flavor's own disk does not matter; without it does.
  await size.fill("25");
  await step(page, "Flavor");
  await expectAllowed(radio(page, "m1.tiny"));
  await page.reload();
  await expectAllowed(radio(page, "m1.tiny"));
  await step(page, "Source");
  await expect(size).toHaveValue("25");
  await page.getByRole("checkbox", { name: "Create new volume" }).uncheck();
  await step(page, "Flavor");
  await expectRefused(radio(page, "m1.tiny"), /Needs a 20 GB disk/);
});

test("a volume that the quota does not leave is not launched with", { tag: "@cloud" }, async ({ page, member, project, steward }) => {
  const image = await (await member.api()).createImage({ name: unique("boot") }, anyQcow2());
  const quota = { quota_set: { gigabytes: 5, volumes: 2 } };
  await steward.cloud.call("PUT", `${steward.cloud.volume}/os-quota-sets/${project.id}`, quota);
  await open(page, member, `/launch?image=${image.id}&step=source`);
  await page.getByRole("checkbox", { name: "Create new volume" }).check();
  const size = page.getByLabel("Volume size (GB)", { exact: true });
  const tooMuch = alert(page, /more than the project’s volume quota leaves/);
  await size.fill("6");
  await expect(tooMuch).toBeVisible();
  await step(page, "Flavor");
  await radio(page, "m1.tiny").check();
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill(unique("server"));
  await step(page, "Review");
  await launchButton(page).click();
  await expect(alert(page, /volume quota/)).toBeVisible();
  expect(await (await member.api()).servers()).toEqual([]);
  await step(page, "Source");
  await size.fill("5");
  await expect(tooMuch).toHaveCount(0);
  // Each instance takes one.
  await step(page, "Details");
  await page.getByLabel("Count", { exact: true }).fill("2");
  await step(page, "Source");
  await expect(tooMuch).toBeVisible();
  await page.getByRole("checkbox", { name: "Create new volume" }).uncheck();
  await expect(tooMuch).toHaveCount(0);
});

test("an existing volume is booted from, judged by its image's RAM", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const volume = await bootableVolume(api, { min_ram: 1024 });
  const blank = (await api.call("POST", `${api.volume}/volumes`, { volume: { name: unique("blank"), size: 1 } })).volume;
  await settled(api, `${api.volume}/volumes/${blank.id}`, "volume");
  await open(page, member, "/launch?step=source");
  await bootSource(page).selectOption({ label: "Volume" });
  await expectRefused(radio(page, blank.name), /not bootable/);
  await radio(page, volume.name).check();
  await expect(page).toHaveURL(new RegExp(`volume=${volume.id}`));
  await step(page, "Flavor");
  await expectRefused(radio(page, "m1.tiny"), /Needs 1 GB of RAM/);
  await step(page, "Details");
  await page.getByLabel("Count", { exact: true }).fill("2");
  await step(page, "Source");
  await expect(alert(page, /one instance only/)).toBeVisible();
  await step(page, "Details");
  await page.getByLabel("Count", { exact: true }).fill("1");
  const name = await launch(page, "m1.small");
  expect((await api.servers()).find((one) => one.name === name)?.image).toBe("");
  await expect.poll(async () => (await api.call("GET", `${api.volume}/volumes/${volume.id}`)).volume.status).toBe("in-use");
  await forgetVolumes(api);
});

test("a volume snapshot becomes a new volume", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const volume = await bootableVolume(api);
  const body = { snapshot: { name: unique("snapshot"), volume_id: volume.id } };
  const made = (await api.call("POST", `${api.volume}/snapshots`, body)).snapshot;
  await settled(api, `${api.volume}/snapshots/${made.id}`, "snapshot");
  await open(page, member, "/launch?step=source");
  await bootSource(page).selectOption({ label: "Volume snapshot" });
  await radio(page, made.name).check();
  await page.getByRole("checkbox", { name: "Delete volume when the instance is deleted" }).check();
  await launch(page, "m1.tiny");
  const volumes = (await api.call("GET", `${api.volume}/volumes/detail`)).volumes as Json[];
  expect(volumes.map((one) => one.snapshot_id).sort()).toEqual([made.id, null].sort());
  await forgetVolumes(api);
});

test("a link to an instance snapshot shows it among its kind", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const snapshot = await api.createImage({ name: unique("snap"), image_type: "snapshot" }, anyQcow2());
  // As Nova makes one of a server that boots from a volume: it gives it no `image_type`.
  const mapping = [{ boot_index: 0, source_type: "snapshot", destination_type: "volume", snapshot_id: randomUUID(), volume_size: 20 }];
  const backed = await api.createImage({ name: unique("backed"), block_device_mapping: JSON.stringify(mapping) }, anyQcow2());
  const image = await api.createImage({ name: unique("plain") }, anyQcow2());
  await open(page, member, `/launch?image=${snapshot.id}&step=source`);
  await expect(bootSource(page)).toHaveValue("snapshot");
  await expect(radio(page, snapshot.name)).toBeChecked();
  await expect(radio(page, backed.name)).toBeVisible();
  await bootSource(page).selectOption({ label: "Image" });
  await expect(radio(page, image.name)).toBeVisible();
  await expect(radio(page, snapshot.name).or(radio(page, backed.name))).toHaveCount(0);
  await page.goto(`/images?q=${backed.name}`);
  await expect(rowOf(page, backed.name)).toContainText("Snapshot");
});

test("an instance is launched from a snapshot of another, to active", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const server = await api.createServer(unique("first"), image.id, "m1.tiny", "none");
  const status = async () => (await api.call("GET", `${api.compute}/servers/${server.id}`)).server.status;
  await expect.poll(status, { timeout: 60_000 }).toBe("ACTIVE");
  const name = unique("snap");
  await api.call("POST", `${api.compute}/servers/${server.id}/action`, { createImage: { name } });
  await expect.poll(async () => (await api.imagesNamed(name))[0]?.status, { timeout: 60_000 }).toBe("active");
  const [snapshot] = await api.imagesNamed(name);
  await open(page, member, "/launch?step=source");
  await bootSource(page).selectOption({ label: "Instance snapshot" });
  await radio(page, name).check();
  const second = await launch(page, "m1.tiny");
  const made = (await api.servers()).find((one) => one.name === second);
  expect(made).toMatchObject({ status: "ACTIVE", image: { id: snapshot.id } });
});

test("the volume type that is chosen is that of the new volume", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  await open(page, member, `/launch?image=${image.id}&step=source`);
  await page.getByRole("checkbox", { name: "Create new volume" }).check();
  await page.getByLabel("Volume type", { exact: true }).selectOption({ label: "ssd" });
  await page.getByRole("checkbox", { name: "Delete volume when the instance is deleted" }).check();
  await launch(page, "m1.tiny");
  const volumes = (await api.call("GET", `${api.volume}/volumes/detail`)).volumes as Json[];
  expect(volumes).toMatchObject([{ volume_type: "ssd", bootable: "true" }]);
  await forgetVolumes(api);
});

test("a thousand volumes are searched, not all drawn", async ({ page, member }) => {
  const volumes = Array.from({ length: 1000 }, (_, at) => ({
    id: `v-${at}`, name: `volume ${at}`, status: "available", size: 8, bootable: "true", created_at: "2026-01-01T00:00:00.000000",
  }));
  await page.route("**/volumes/detail*", (route) => route.fulfill({ json: { volumes } }));
  await open(page, member, "/launch?step=source&source=volume");
  await expect(page.getByText("950 more match")).toBeVisible();
  expect(await page.getByRole("radio").count()).toBe(50);
  await page.getByRole("searchbox", { name: "Search boot sources" }).fill("volume 777");
  await expect(radio(page, "volume 777")).toBeVisible();
  expect(await page.getByRole("radio").count()).toBe(1);
});

test("a volume service that fails says so, and blocks nothing else", async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("boot") }, anyQcow2());
  let isBroken = true;
  await page.route("**/volumes/detail*", (route) => (isBroken ? route.fulfill({ status: 500, json: {} }) : route.fallback()));
  await open(page, member, `/launch?image=${image.id}&step=source`);
  await expect(radio(page, image.name)).toBeChecked();
  await bootSource(page).selectOption({ label: "Volume" });
  await expect(alert(page, /volumes could not be listed/)).toBeVisible();
  isBroken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("This project has no volumes.")).toBeVisible();
});

test("without a volume service there are no volumes to choose", async ({ page, member }) => {
  await page.route("**/v3/auth/tokens", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json().catch(() => undefined);
    const catalog = body?.token?.catalog as Json[] | undefined;
    if (catalog) body.token.catalog = catalog.filter((entry) => !/volume|block/.test(entry.type));
    await route.fulfill({ response: answer, json: body });
  });
  const image = await (await member.api()).createImage({ name: unique("boot") }, anyQcow2());
  await open(page, member, `/launch?image=${image.id}&step=source`);
  await expect(radio(page, image.name)).toBeChecked();
  expect(await bootSource(page).getByRole("option").allTextContents()).toEqual(["Image", "Instance snapshot"]);
  await expect(page.getByRole("checkbox", { name: "Create new volume" })).toHaveCount(0);
  await step(page, "Flavor");
  await expectRefused(radio(page, "c1.micro"), /Has no disk of its own/);
  await expect(page.getByRole("button", { name: /Use a new volume/ })).toHaveCount(0);
});
