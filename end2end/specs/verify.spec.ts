// Checking an image by a test launch, and who sees it.
import { cloud } from "../support/env.ts";
import { alert, expectAccessible, expectMessage, expectRefused, heading, rowAction, rowOf, search, signIn } from "../support/app.ts";
import type { Cloud, Json } from "../support/api.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test, type Account } from "../support/test.ts";
import type { Page } from "@playwright/test";

/** The test instances of an image that are there. A real Nova lists a deleted one for a moment longer, as such. */
async function testServers(api: Cloud, image: string): Promise<Json[]> {
  const { servers } = await api.call("GET", `${api.compute}/servers/detail`);
  return (servers as Json[]).filter((server) => server.metadata.sextant_verify_image === image && server.status !== "DELETED");
}

async function bootImage(member: Account, boot?: string, fields: Json = {}): Promise<Json> {
  const properties = boot ? { demo_boot: boot } : {};
  return (await member.api()).createImage({ name: unique("verified"), ...properties, ...fields }, anyQcow2());
}

async function start(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start verification", exact: true }).click();
}

function verdict(page: Page) {
  return page.getByRole("region", { name: "Verdict" });
}

/** A real Nova with its fake driver writes nothing that tells of a boot: that is a verdict of its own, and takes its time. */
async function expectGoodEnd(page: Page): Promise<void> {
  const words = cloud === "real" ? "Active, console inconclusive" : "The image boots";
  await expect(verdict(page)).toContainText(words, cloud === "real" ? { timeout: 180_000 } : {});
}

test("a test launch tells how an image boots, and leaves nothing behind", { tag: "@cloud" }, async ({ page, member }) => {
  test.setTimeout(240_000);
  const api = await member.api();
  const image = await bootImage(member);
  await signIn(page, member, `/images/${image.id}`);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  await expect(heading(page, "Verify image")).toBeVisible();
  await expect(page.getByLabel("Instance name")).toHaveValue(new RegExp(`^verify-${image.name}-[0-9a-f]{4}$`));
  await start(page);
  await expect(page.getByRole("button", { name: "Cancel verification" })).toBeVisible();
  await expectGoodEnd(page);
  await expect(verdict(page)).toContainText("The result is not kept on the image");
  await expectMessage(page, "The test instance is deleted.");
  expect(await testServers(api, image.id)).toEqual([]);
  const steps = page.getByRole("region", { name: "Steps" }).getByRole("listitem");
  for (const step of ["Accepted", "Scheduled", "Spawning", "Active"]) {
    await expect(steps.filter({ hasText: step })).toContainText(/after \d/);
  }
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download report" }).click();
  const report = JSON.parse((await (await (await download).createReadStream()).toArray()).join(""));
  expect(report).toMatchObject({ image_id: image.id, outcome: cloud === "real" ? "console_inconclusive" : "booted" });
  expect(report.seconds_to.active).toBeGreaterThan(0);
});

test("the console shows what was reached, and where cloud-init has its data from", async ({ page, member }) => {
  const image = await bootImage(member);
  await signIn(page, member, `/images/${image.id}/verify`);
  await start(page);
  await expect(verdict(page)).toContainText("The image boots");
  const steps = page.getByRole("region", { name: "Steps" });
  for (const step of ["Kernel started", "cloud-init finished", "Login prompt"]) {
    await expect(steps.getByRole("listitem").filter({ hasText: step })).toContainText(/after \d/);
  }
  await expect(steps).toContainText("DataSourceOpenStackLocal");
  await expect(page.getByRole("group", { name: "Console log of the test instance" })).toContainText("login:");
});

for (const [boot, words, line] of [
  ["kernel-panic", "The kernel can’t find its root file system", "VFS: Cannot open root device"],
  ["no-bootable-device", "No bootable device", "No bootable device."],
  ["cloud-init-error", "cloud-init found no datasource", "No instance datasource found"],
]) {
  test(`a boot that fails (${boot}) is named with the line that says so, and cleaned up`, async ({ page, member }) => {
    const image = await bootImage(member, boot);
    await signIn(page, member, `/images/${image.id}/verify`);
    await start(page);
    await expect(verdict(page)).toContainText(words);
    await expect(verdict(page)).toContainText(line);
    await expectMessage(page, "The test instance is deleted.");
    expect(await testServers(await member.api(), image.id)).toEqual([]);
  });
}

test("a console that says nothing is inconclusive, not a failure", async ({ page, member }) => {
  const image = await bootImage(member, "silent");
  await page.clock.install();
  await signIn(page, member, `/images/${image.id}/verify`);
  await start(page);
  await expect(page.getByText("The console has said nothing so far.")).toBeVisible();
  await page.clock.fastForward(95_000);
  await expect(verdict(page)).toContainText("Active, console inconclusive");
  await expect(page.getByRole("listitem").filter({ hasText: "Kernel started" })).toContainText("No sign of it");
  await expectMessage(page, "The test instance is deleted.");
});

test("an instance that can't be built says why, in Nova's words", async ({ page, member }) => {
  const image = await bootImage(member, "no-valid-host");
  await signIn(page, member, `/images/${image.id}/verify`);
  await start(page);
  await expect(verdict(page)).toContainText("The instance could not be built");
  await expect(verdict(page)).toContainText("No valid host was found");
  await expectMessage(page, "The test instance is deleted.");
  expect(await testServers(await member.api(), image.id)).toEqual([]);
});

test("a quota of no instances is told before anything is asked for", { tag: "@cloud" }, async ({ page, member, steward, project }) => {
  await steward.setQuota(project, { instances: 0 });
  const image = await bootImage(member);
  await signIn(page, member, `/images/${image.id}/verify`);
  await expect(alert(page, /[Oo]ver quota/)).toBeVisible();
  await start(page);
  await expect(page.getByLabel("Flavor", { exact: true })).toHaveAccessibleDescription(/Choose or enter one/);
  expect(await testServers(await member.api(), image.id)).toEqual([]);
});

test("every part of the plan can be changed, and says what does not hold", { tag: "@cloud" }, async ({ page, member }) => {
  const image = await bootImage(member);
  await signIn(page, member, `/images/${image.id}/verify`);
  await page.getByLabel("Time limit (minutes)").fill("90");
  await page.getByLabel("Instance name").fill("");
  await start(page);
  await expect(page.getByLabel("Time limit (minutes)")).toHaveAccessibleDescription(/from 1 to 60/);
  await expect(page.getByLabel("Instance name")).toBeFocused();
  const name = unique("own-name");
  await page.getByLabel("Instance name").fill(name);
  await page.getByLabel("Time limit (minutes)").fill("2");
  await page.getByLabel("Flavor", { exact: true }).selectOption({ label: await flavorLabel(page, "m1.small") });
  await start(page);
  await expect(page.getByRole("region", { name: "Steps" })).toContainText(name);
  await expect(page.getByRole("region", { name: "Steps" })).toContainText("m1.small");
  await expect(page.getByRole("region", { name: "Steps" })).toContainText("of at most 2 min");
});

async function flavorLabel(page: Page, name: string): Promise<string> {
  const label = await page.getByRole("option").filter({ hasText: name }).first().textContent();
  return label?.trim() ?? "";
}

test("a test launch from a new volume leaves no volume behind", { tag: "@cloud" }, async ({ page, member }) => {
  if (cloud === "real") test.setTimeout(400_000);
  const api = await member.api();
  const image = await bootImage(member);
  await signIn(page, member, `/images/${image.id}/verify`);
  await page.getByLabel("Boot from a new volume").check();
  await page.getByLabel("Volume size (GB)").fill("0");
  await start(page);
  await expect(page.getByLabel("Volume size (GB)")).toHaveAccessibleDescription(/at least 1/);
  await page.getByLabel("Volume size (GB)").fill("2");
  await start(page);
  await expectGoodEnd(page);
  await expectMessage(page, "The test instance is deleted.");
  const volumes = api.endpoint("block-storage", "volumev3");
  await expect.poll(async () => (await api.call("GET", `${volumes}/volumes`)).volumes, { timeout: 60_000 }).toEqual([]);
});

test("cancelling deletes the test instance", { tag: "@cloud" }, async ({ page, member }) => {
  const image = await bootImage(member, "silent");
  await signIn(page, member, `/images/${image.id}/verify`);
  await start(page);
  await page.getByRole("button", { name: "Cancel verification" }).click();
  await expect(verdict(page)).toContainText("Verification cancelled");
  await expectMessage(page, "The test instance is deleted.");
  expect(await testServers(await member.api(), image.id)).toEqual([]);
  await page.getByRole("button", { name: "Verify again" }).click();
  await expect(page.getByRole("button", { name: "Start verification" })).toBeVisible();
});

test("it goes on when the page is left", { tag: "@cloud" }, async ({ page, member }) => {
  if (cloud === "real") test.setTimeout(400_000);
  const image = await bootImage(member);
  await signIn(page, member, `/images/${image.id}/verify`);
  await start(page);
  await expect(page.getByRole("button", { name: "Cancel verification" })).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Images", exact: true }).click();
  await expect(heading(page, "Images")).toBeVisible();
  await expect.poll(async () => (await testServers(await member.api(), image.id)).length).toBe(1);
  await expect.poll(async () => (await testServers(await member.api(), image.id)).length, { timeout: cloud === "real" ? 240_000 : 40_000 }).toBe(0);
});

test("what a tab that was closed in the middle has left is offered for deletion at the next visit", { tag: "@cloud" }, async ({ page, member, context }) => {
  const api = await member.api();
  const image = await bootImage(member, "silent");
  await signIn(page, member, `/images/${image.id}/verify`);
  await start(page);
  await expect.poll(async () => (await testServers(api, image.id)).length).toBe(1);
  await page.close();
  const next = await context.newPage();
  await signIn(next, member);
  const tray = next.getByRole("region", { name: "Left behind by an interrupted verification" });
  await tray.getByRole("button", { name: /^Delete test instance verify-/ }).click();
  await expectMessage(next, /Deleted test instance verify-/);
  await expect(tray).toBeHidden();
  expect(await testServers(api, image.id)).toEqual([]);
});

test("another tab does not take a running one for left behind", { tag: "@cloud" }, async ({ page, member, context }) => {
  const image = await bootImage(member, "silent");
  await signIn(page, member, `/images/${image.id}/verify`);
  await start(page);
  await expect.poll(async () => (await testServers(await member.api(), image.id)).length).toBe(1);
  const other = await context.newPage();
  await other.goto(`/images/${image.id}/verify`);
  await expect(other.getByRole("button", { name: "Start verification" })).toBeVisible();
  await expect(other.getByText("Left behind by an interrupted verification")).toBeHidden();
  await page.getByRole("button", { name: "Cancel verification" }).click();
  await expectMessage(page, "The test instance is deleted.");
});

test("a reader sees the plan, and why it can't be started", { tag: "@cloud" }, async ({ page, member, account }) => {
  const image = await bootImage(member);
  await signIn(page, await account("reader"), `/images/${image.id}/verify`);
  await expectRefused(page.getByRole("button", { name: "Start verification" }), /read/i);
});

test("the result stays on the image where one may edit it, as a badge", { tag: "@cloud" }, async ({ page, member, account }) => {
  if (cloud === "real") test.setTimeout(400_000);
  const image = await bootImage(member);
  await signIn(page, await account("admin"), "/images");
  await search(page, image.name);
  await (await rowAction(page, image.name, "Verify")).click();
  await expect(page.getByText("The result is kept on the image, for everybody who sees it.")).toBeVisible();
  await start(page);
  await expectGoodEnd(page);
  await expect(verdict(page)).toContainText("The result is kept on the image.");
  const kept = await (await member.api()).getImage(image.id);
  expect(kept.sextant_verified_result).toMatch(cloud === "real" ? /console_inconclusive/ : /^passed: booted$/);
  await page.getByRole("link", { name: image.name, exact: true }).click();
  await expect(page.getByRole("main").getByText(/^Verified on .* with \S+/)).toBeVisible();
  await page.goto(`/images?q=${image.name}`);
  await expect(rowOf(page, image.name)).toContainText(new RegExp(`Verified on .* with ${kept.sextant_verified_flavor}`));
});

test("a failed verification, and one of an odd image, show as such in the list", async ({ page, member }) => {
  const at = "2026-11-23T20:00:00Z";
  const api = await member.api();
  const failed = { sextant_verified_at: at, sextant_verified_result: "failed: kernel_panic", sextant_verified_flavor: "<b>m1.tiny</b>" };
  const bad = await api.createImage({ name: unique("bad"), ...failed });
  const odd = await api.createImage({ name: unique("odd"), ...failed, sextant_verified_at: "yesterday" });
  await signIn(page, member);
  await expect(rowOf(page, bad.name)).toContainText(/Failed verification on .* with <b>m1\.tiny<\/b>/);
  await expect(rowOf(page, odd.name)).toBeVisible();
  await expect(rowOf(page, odd.name)).not.toContainText("verification");
});

test("somebody else's public image can be verified; that the result isn't kept is said", { tag: "@cloud" }, async ({ page, member, admin }) => {
  if (cloud === "real") test.setTimeout(400_000);
  const image = await admin.createImage({ name: unique("public"), visibility: "public" }, anyQcow2());
  try {
    await signIn(page, member, `/images/${image.id}/verify`);
    await expect(page.getByText(/The result will not be kept on the image/)).toBeVisible();
    await start(page);
    await expectGoodEnd(page);
    await expect(verdict(page)).toContainText("The result is not kept on the image");
  } finally {
    await admin.forget(`${admin.image}/images/${image.id}`);
  }
});

test("whether another project sees the image is checked by a second sign-in", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
  const image = await (await member.api()).createImage({ name: unique("seen"), visibility: "shared" });
  const other = await account("member", await steward.project("other"));
  await signIn(page, member, `/images/${image.id}/verify`);
  await page.getByRole("button", { name: "Check who can see it" }).click();
  const dialog = page.getByRole("dialog", { name: "Check who can see the image" });
  await dialog.getByLabel("User name").fill(other.user);
  await dialog.getByLabel("Password").fill("wrong");
  await dialog.getByRole("button", { name: "Check", exact: true }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByLabel("Password").fill(other.password);
  await dialog.getByRole("button", { name: "Check", exact: true }).click();
  await expect(dialog).toContainText("As its visibility says");
  await expect(dialog).toContainText("It is shared, but not with this project");
  await (await member.api()).call("POST", `${(await member.api()).image}/images/${image.id}/members`, { member: other.project.id });
  await dialog.getByRole("button", { name: "Check", exact: true }).click();
  await expect(dialog).toContainText("It is offered to this project");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Close" }).click();
  // The own session is as it was.
  await expect(page.getByRole("button", { name: `Account: ${member.user}` })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds nothing in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("on the plan, the run and the verdict; and the keyboard reaches all", async ({ page, member }) => {
      const image = await bootImage(member, "kernel-panic");
      await signIn(page, member, `/images/${image.id}/verify`);
      const button = page.getByRole("button", { name: "Start verification" });
      await expect(button).toBeVisible();
      await expectAccessible(page);
      await page.getByLabel("Time limit (minutes)").focus();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("button", { name: "Cancel verification" })).toBeVisible();
      await page.keyboard.press("Tab");
      await expect(page.getByRole("region", { name: "Steps" }).locator(":focus")).toBeVisible();
      await expectAccessible(page);
      await expect(verdict(page)).toContainText("root file system");
      await expectMessage(page, "The test instance is deleted.");
      await expectAccessible(page);
    });
  });
}
