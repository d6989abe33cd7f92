import type { Page } from "@playwright/test";
import { alert, expectAllowed, expectMessage, expectNoMessage, expectRefused, heading, rowOf, signIn, step } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test, type Account } from "../support/test.ts";

const flavor = (page: Page, name: string) => page.getByRole("radio", { name, exact: true });
const launchButton = (page: Page) => page.getByRole("button", { name: "Launch instance", exact: true });

/** An image of the member's with these requirements, and the wizard open on it. */
async function wizard(page: Page, member: Account, requirements: Record<string, unknown>) {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot"), ...requirements }, anyQcow2());
  await signIn(page, member, `/launch?image=${image.id}`);
  await expect(heading(page, "Launch instance")).toBeVisible();
  return { api, image };
}

test.describe("flavors", () => {
  test("too small in RAM are refused with what is needed and what there is", { tag: "@cloud" }, async ({ page, member }) => {
    await wizard(page, member, { min_ram: 1024 });
    await step(page, "Flavor");
    await expectRefused(flavor(page, "m1.tiny"), /Needs 1 GB of RAM; this flavor has 512 MB/);
    await expectAllowed(flavor(page, "m1.small"));
    await flavor(page, "m1.tiny").click({ force: true });
    await expect(flavor(page, "m1.tiny")).not.toBeChecked();
  });

  test("too small in disk are refused with what is needed and what there is", { tag: "@cloud" }, async ({ page, member }) => {
    await wizard(page, member, { min_disk: 20 });
    await step(page, "Flavor");
    await expectRefused(flavor(page, "m1.tiny"), /Needs a 20 GB disk; this flavor has 1 GB/);
    await expectAllowed(flavor(page, "m1.small"));
  });

  test("too small in both say both", { tag: "@cloud" }, async ({ page, member }) => {
    await wizard(page, member, { min_ram: 4096, min_disk: 40 });
    await step(page, "Flavor");
    for (const reason of [/Needs 4 GB of RAM; this flavor has 2 GB/, /Needs a 40 GB disk; this flavor has 20 GB/]) {
      await expectRefused(flavor(page, "m1.small"), reason);
    }
    await expectAllowed(flavor(page, "m1.medium"));
  });

  test("without a disk of their own are refused for an image", { tag: "@cloud" }, async ({ page, member }) => {
    await wizard(page, member, {});
    await step(page, "Flavor");
    await expectRefused(flavor(page, "c1.micro"), /Has no disk of its own: boots only from a volume/);
    await expectAllowed(flavor(page, "m1.tiny"));
  });

  test("over the project's quota are refused with what is left", { tag: "@cloud" }, async ({ page, member, steward, project }) => {
    await steward.setQuota(project, { cores: 1 });
    await wizard(page, member, {});
    await step(page, "Flavor");
    await expectRefused(flavor(page, "m1.large"), /Over quota: needs 4 vCPUs, 1 left/);
    await expectAllowed(flavor(page, "m1.tiny"));
  });

  test("are refused by no quota where the project has no limits", { tag: "@cloud" }, async ({ page, member, steward, project }) => {
    await steward.setQuota(project, { cores: -1, instances: -1, ram: -1 });
    await wizard(page, member, {});
    await step(page, "Flavor");
    await expectAllowed(flavor(page, "m1.tiny"));
    await expectAllowed(flavor(page, "m1.large"));
    await expect(page.getByRole("main")).not.toContainText("Over quota");
    await step(page, "Details");
    await expect(page.getByRole("main")).toContainText("no limit");
  });

  test("that fit come first, and the others can be hidden", { tag: "@cloud" }, async ({ page, member }) => {
    await wizard(page, member, { min_ram: 2048 });
    await step(page, "Flavor");
    await expect(flavor(page, "m1.tiny")).toBeVisible();
    const refused = await page.getByRole("radio").evaluateAll((all) => all.map((one) => one.getAttribute("aria-disabled") === "true"));
    expect(refused).toEqual([...refused].sort());
    await page.getByRole("checkbox", { name: "Show only flavors that fit" }).check();
    await expect(flavor(page, "m1.tiny")).toHaveCount(0);
    await expect(flavor(page, "m1.small")).toBeVisible();
  });

  test("none of which fits: an error says so, with the nearest and what it lacks", { tag: "@cloud" }, async ({ page, member }) => {
    await wizard(page, member, { min_ram: 10_485_760, min_disk: 5000 });
    await step(page, "Flavor");
    await expect(alert(page, /[Nn]o flavor fits/)).toBeVisible();
    await expect(page.getByRole("radio").and(page.locator(":not([aria-disabled=true])"))).toHaveCount(0);
    await page.getByLabel("Instance name", { exact: true }).or(page.getByRole("tab", { name: /^Review/ })).or(page.getByRole("link", { name: /^Review/ })).first().waitFor();
  });
});

test("an image is launched to active with a flavor that fits", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot"), min_ram: 512, min_disk: 1 }, anyQcow2());
  const name = unique("server");
  await signIn(page, member);
  await page.getByRole("button", { name: `Launch ${image.name}` }).or(page.getByRole("link", { name: `Launch ${image.name}` })).click();
  await expect(heading(page, "Launch instance")).toBeVisible();
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill(name);
  await step(page, "Source");
  await expect(page.getByRole("radio", { name: image.name })).toBeChecked();
  await step(page, "Flavor");
  await flavor(page, "m1.tiny").check();
  await step(page, "Review");
  await expect(page.getByRole("main")).toContainText(image.name);
  await expect(page.getByRole("main")).toContainText("m1.tiny");
  await launchButton(page).click();

  await expect(heading(page, name)).toBeVisible();
  await expect(page.getByRole("main").getByText("Active", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  const server = (await api.servers()).find((one) => one.name === name);
  expect(server).toMatchObject({ status: "ACTIVE" });
  expect(server?.image.id).toBe(image.id);
});

test("a count of two makes two instances", { tag: "@cloud" }, async ({ page, member }) => {
  const { api, image } = await wizard(page, member, {});
  const name = unique("pair");
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill(name);
  await page.getByLabel("Count", { exact: true }).fill("2");
  await step(page, "Flavor");
  await flavor(page, "m1.tiny").check();
  await step(page, "Review");
  await launchButton(page).click();
  await expect(heading(page, "Instances")).toBeVisible();
  await expectMessage(page, /are being launched/);
  const table = page.getByRole("table", { name: "Instances" });
  for (const number of [1, 2]) {
    const row = table.getByRole("row").filter({ has: page.getByRole("link", { name: `${name}-${number}`, exact: true }) });
    await expect(row).toContainText("Active", { timeout: 60_000 });
  }
  const made = (await api.servers()).map((server) => ({ name: server.name, image: server.image.id }));
  expect(made.sort((one, other) => one.name.localeCompare(other.name))).toEqual([
    { name: `${name}-1`, image: image.id },
    { name: `${name}-2`, image: image.id },
  ]);
});

test("the availability zone that is chosen reaches the server", { tag: "@cloud" }, async ({ page, member }) => {
  const { api } = await wizard(page, member, {});
  const [{ zoneName: zone }] = (await api.call("GET", `${api.compute}/os-availability-zone`)).availabilityZoneInfo;
  const asked: unknown[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/servers")) asked.push(request.postDataJSON().server.availability_zone);
  });
  const name = unique("server");
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill(name);
  await page.getByLabel("Availability zone", { exact: true }).selectOption({ label: zone });
  await step(page, "Flavor");
  await flavor(page, "m1.tiny").check();
  await step(page, "Review");
  await expect(page.getByRole("main")).toContainText(zone);
  await launchButton(page).click();
  await expect(heading(page, name)).toBeVisible();
  await expect(page.getByRole("main").getByText("Active", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  // A cloud of one zone puts every server there: what was asked for counts, too.
  expect(asked).toEqual([zone]);
  expect((await api.servers())[0]?.["OS-EXT-AZ:availability_zone"]).toBe(zone);
});

test("several networks need a choice", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const network = await api.createNetwork(unique("own-net"), "10.77.0.0/24");
  await wizard(page, member, {});
  const name = unique("server");
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill(name);
  await step(page, "Flavor");
  await flavor(page, "m1.tiny").check();
  await step(page, "Review");
  await launchButton(page).click();
  // The wizard names the step that does not hold yet, and goes there.
  await expect(alert(page, /network/i)).toBeVisible();
  expect(await api.servers()).toEqual([]);
  await step(page, "Networks");
  await page.getByRole("checkbox", { name: network.name }).check();
  await step(page, "Review");
  await launchButton(page).click();
  await expect(heading(page, name)).toBeVisible();
  await expect.poll(async () => Object.keys((await api.servers())[0]?.addresses ?? {})).toEqual([network.name]);
});

test("the steps that do not hold yet are named, and the first is shown", { tag: "@cloud" }, async ({ page, member }) => {
  await wizard(page, member, {});
  await step(page, "Review");
  await launchButton(page).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page.getByLabel("Instance name", { exact: true })).toBeVisible();
});

test("choices survive the browser's Back and a reload", { tag: "@cloud" }, async ({ page, member }) => {
  await wizard(page, member, {});
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill("kept");
  await step(page, "Flavor");
  await flavor(page, "m1.small").check();
  await step(page, "Review");
  await page.goBack();
  await expect(flavor(page, "m1.small")).toBeChecked();
  await page.reload();
  await expect(flavor(page, "m1.small")).toBeChecked();
  await step(page, "Details");
  await expect(page.getByLabel("Instance name", { exact: true })).toHaveValue("kept");
});

test("a refusal of Nova's keeps every choice and shows its words", { tag: "@cloud" }, async ({ page, member, steward, project }) => {
  const { api, image } = await wizard(page, member, {});
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill("refused");
  // Of several, a launch that is done is announced; of one, its page is shown.
  await page.getByLabel("Count", { exact: true }).fill("2");
  await step(page, "Flavor");
  await flavor(page, "m1.tiny").check();
  // Taken away behind the wizard's back, after it has read the limits.
  await steward.setQuota(project, { instances: 0 });
  await step(page, "Review");
  await launchButton(page).click();
  await expect(alert(page, /Quota exceeded for instances/)).toBeVisible();
  await expectNoMessage(page, /are being launched/);
  await expect(heading(page, "Launch instance")).toBeVisible();
  await step(page, "Source");
  await expect(page.getByRole("radio", { name: image.name, exact: true })).toBeChecked();
  await step(page, "Details");
  await expect(page.getByLabel("Instance name", { exact: true })).toHaveValue("refused");
  await expect(page.getByLabel("Count", { exact: true })).toHaveValue("2");
  await step(page, "Flavor");
  await expect(flavor(page, "m1.tiny")).toBeChecked();
  expect(await api.servers()).toEqual([]);
});

test("a reader sees the wizard's way in, refused", { tag: "@cloud" }, async ({ page, member, account }) => {
  const image = await (await member.api()).createImage({ name: unique("boot") }, anyQcow2());
  await signIn(page, await account("reader"));
  await expectRefused(rowOf(page, image.name).getByRole("button", { name: `Launch ${image.name}` }), /reader/);
});
