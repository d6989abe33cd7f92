// "Create volume" from an image: the form, the quota, the refusals, the progress.
import type { Cloud, Json } from "../support/api.ts";
import { alert, expectAccessible, expectHeld, expectMessage, expectRefused, heading, holdBack, rowAction, search, signIn } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

function cinder(api: Cloud): string {
  return api.endpoint("volumev3", "block-storage", "volume");
}

async function volumes(api: Cloud): Promise<Json[]> {
  return (await api.call("GET", `${cinder(api)}/volumes/detail`)).volumes;
}

async function emptied(api: Cloud): Promise<void> {
  await expect.poll(async () => (await volumes(api)).every((volume) => ["available", "error"].includes(volume.status))).toBe(true);
  for (const volume of await volumes(api)) await api.forget(`${cinder(api)}/volumes/${volume.id}`);
}

test("a volume is made of an image, followed until it is available, and launched from @cloud", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot"), min_disk: 3 }, anyQcow2());
  await signIn(page, member, `/images/${image.id}`);
  await page.getByRole("button", { name: "Create volume" }).click();
  const dialog = page.getByRole("dialog", { name: "Create volume" });
  await expect(dialog.getByLabel("Volume name")).toHaveValue(image.name);
  const size = dialog.getByLabel("Size (GB)");
  await expect(size).toHaveValue("3");
  await expect(size).toHaveAccessibleDescription(/At least 3 GB/);
  await size.fill("2");
  await dialog.getByRole("button", { name: "Create volume" }).click();
  await expect(size).toBeFocused();
  await expect(size).toHaveAccessibleDescription(/needs at least 3 GB/);
  await size.fill("4");
  await expect(dialog.getByRole("meter", { name: /Volumes/ })).toHaveAttribute("aria-valuetext", /1/);
  await dialog.getByText("Show the command").click();
  await expect(dialog).toContainText(`openstack volume create --image ${image.id} --size 4 ${image.name}`);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Create volume" }).click();
  await expect(dialog.getByRole("status").filter({ hasText: "is ready" })).toBeVisible();
  await expectAccessible(page);
  const [volume] = await volumes(api);
  expect([volume.name, volume.size, volume.status, volume.bootable]).toEqual([image.name, 4, "available", "true"]);
  await dialog.getByRole("link", { name: "Launch from this volume" }).click();
  await expect(heading(page, "Launch instance")).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`volume=${volume.id}`));
  await emptied(api);
});

test("the dialog can be closed meanwhile: a message tells the end", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  await signIn(page, member);
  await search(page, image.name);
  await (await rowAction(page, image.name, "Create volume")).click();
  const dialog = page.getByRole("dialog", { name: "Create volume" });
  const name = unique("vol");
  await dialog.getByLabel("Volume name").fill(name);
  await dialog.getByLabel("Volume type").selectOption("ssd");
  await dialog.getByRole("button", { name: "Create volume" }).click();
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(dialog).toBeHidden();
  await expectMessage(page, `“${name}” is ready`);
  await expect(page.getByRole("link", { name: "Launch from this volume" })).toBeVisible();
  expect((await volumes(api))[0].volume_type).toBe("ssd");
  await emptied(api);
});

test("what is being sent can't be changed meanwhile, and after a refusal the focus is where it was", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("held") }, anyQcow2());
  await signIn(page, member, `/images/${image.id}`);
  await page.getByRole("button", { name: "Create volume" }).click();
  const dialog = page.getByRole("dialog", { name: "Create volume" });
  const name = dialog.getByLabel("Volume name");
  const form = dialog.locator("form");
  await name.fill("demo-fail-409");
  const release = await holdBack(page, "**/volumes", (request) => request.method() === "POST");
  await name.press("Enter");
  await expectHeld(page, dialog, name);
  release();
  await expect(alert(page, /409/)).toBeVisible();
  await expect(name).toHaveValue("demo-fail-409");
  await expect(name).toBeFocused();
  await expect(form).not.toHaveAttribute("aria-busy");
  expect(await volumes(api)).toHaveLength(0);
});

test("what the quota leaves is shown, and what it doesn't leave is not sent", { tag: "@cloud" }, async ({ page, member, project, steward }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  await steward.cloud.call("PUT", `${cinder(steward.cloud)}/os-quota-sets/${project.id}`, { quota_set: { gigabytes: 2, volumes: 1 } });
  await signIn(page, member, `/images/${image.id}`);
  await page.getByRole("button", { name: "Create volume" }).click();
  const dialog = page.getByRole("dialog", { name: "Create volume" });
  await dialog.getByLabel("Size (GB)").fill("3");
  await dialog.getByRole("button", { name: "Create volume" }).click();
  await expect(dialog.getByLabel("Size (GB)")).toHaveAccessibleDescription(/More than the quota leaves/);
  expect(await volumes(api)).toHaveLength(0);
  // The room is gone by the time of the request: Cinder's own words, and nothing lost.
  await dialog.getByLabel("Size (GB)").fill("1");
  await api.call("POST", `${cinder(api)}/volumes`, { volume: { name: "taken", size: 1 } });
  await dialog.getByRole("button", { name: "Create volume" }).click();
  await expect(alert(page, /413/)).toContainText(/[Qq]uota/);
  await expect(dialog.getByLabel("Volume name")).toHaveValue(image.name);
  await emptied(api);
});

test("what is no source of a volume says why", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const queued = await api.createImage({ name: unique("queued") });
  const kernel = await api.createImage({ name: unique("kernel"), disk_format: "aki", container_format: "aki" }, anyQcow2());
  await signIn(page, member, `/images/${queued.id}`);
  await expectRefused(page.getByRole("button", { name: "Create volume" }), /Queued/i);
  await page.goto(`/images/${kernel.id}`);
  await expectRefused(page.getByRole("button", { name: "Create volume" }), /boot|kernel|ramdisk/i);
});
