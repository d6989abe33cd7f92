// A cloud as old as Queens (2018): everything that it has works, what it lacks is said with its reason, and nobody meets an error.
import { basename } from "node:path";
import type { Page } from "@playwright/test";
import { expect, testOn, type Watch } from "../support/another.ts";
import { expectMessage, expectRefused, heading, navigation, pickFiles, rowAction, rowOf, search, signIn, step, upload } from "../support/app.ts";
import { anyQcow2, scratchFile } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { copyFileSync } from "node:fs";

const test = testOn("--old");
const alice = { user: "alice", password: "password" };
const admin = { user: "admin", password: "adminpass" };

const radio = (page: Page, name: string) => page.getByRole("radio", { name, exact: true });
const main = (page: Page) => page.getByRole("main");
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/**
 * Nothing was asked for that an old cloud refuses, and the console is clean. As on every cloud, a 404 tells that an instance is
 * gone, and a 403 that a member may not look up the names of other projects: each once.
 */
function expectQuiet(watch: Watch) {
  const isUsual = (answer: string) => /^GET (404 \/compute\/v2\.1\/servers\/[^/]+|403 \/identity\/v3\/projects(\/[^/]+)?)$/.test(answer);
  // An administrator's list of shared images does not say which of them were offered to the own project: each is asked, anew for each page.
  const refused = watch.refused.filter((answer) => !/^GET 404 \/image\/v2\/images\/[^/]+\/members\/[^/]+$/.test(answer));
  const usual = refused.filter(isUsual);
  expect(usual).toEqual([...new Set(usual)]);
  expect(refused.filter((answer) => !isUsual(answer))).toEqual([]);
  // The browser itself writes a line for each of them.
  expect(watch.errors.filter((error) => !/status of 40[34]/.test(error))).toEqual([]);
}

/** Creates an image from a file, as a person does, and opens its page. */
async function create(page: Page, temporary: (path: string) => string, name: string): Promise<string> {
  const file = temporary(scratchFile(`${name}.qcow2`));
  copyFileSync(anyQcow2(), file);
  await page.goto("/images/new");
  await pickFiles(page, file);
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(basename(file, ".qcow2"));
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await button(page, "Create image").click();
  await search(page, name);
  await expect(rowOf(page, name)).toContainText("Active");
  await rowOf(page, name).getByRole("link", { name, exact: true }).click();
  await expect(heading(page, name)).toBeVisible();
  return new URL(page.url()).pathname.split("/").pop() ?? "";
}

/** Fills what the wizard still wants, launches, and waits until the instance runs. */
async function launch(page: Page, flavor: string): Promise<string> {
  const name = unique("server");
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill(name);
  await step(page, "Flavor");
  await radio(page, flavor).check();
  await step(page, "Networks");
  await page.getByRole("checkbox", { name: "demo-net", exact: true }).check();
  await step(page, "Review");
  await button(page, "Launch instance").click();
  await expect(heading(page, name)).toBeVisible();
  await expect(main(page).getByText("Active", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  return name;
}

test("a day of a member: create, edit, share, launch, snapshot, delete", async ({ page, watch, temporary }) => {
  test.slow();
  await signIn(page, alice);
  const name = unique("old");
  const id = await create(page, temporary, name);
  await page.getByRole("tab", { name: "History" }).click();
  await expect(main(page)).toContainText("keeps no history of imports");

  await page.goto(`/images/${id}/edit`);
  await page.getByLabel("Description", { exact: true }).fill("From an old cloud");
  await page.getByText("Advanced", { exact: true }).click();
  const hidden = page.getByRole("checkbox", { name: "Hidden" });
  await expect(hidden).toBeDisabled();
  await expect(hidden).toHaveAccessibleDescription(/too old to hide images/);
  await button(page, "Save changes").click();
  await expect(heading(page, name)).toBeVisible();
  await expect(main(page)).toContainText("From an old cloud");

  await page.goto(`/images/${id}/metadata`);
  await page.getByLabel("New key", { exact: true }).fill("os_distro");
  await page.getByLabel("New key", { exact: true }).press("Enter");
  await page.getByRole("region", { name: "Set now", exact: true }).getByLabel("os_distro", { exact: true }).fill("debian");
  await button(page, "Save changes").click();
  await expect(heading(page, name)).toBeVisible();

  await page.goto(`/images/${id}/sharing`);
  await page.getByLabel("Project id or name", { exact: true }).fill("0123456789abcdef0123456789abcdef");
  await button(page, "Add project").click();
  await page.getByRole("dialog").getByRole("button", { name: "Make shared and add project" }).click();
  await expect(page.getByRole("table", { name: "Shared with" })).toContainText("Pending");

  await page.goto(`/launch?image=${id}`);
  await expect(heading(page, "Launch instance")).toBeVisible();
  const server = await launch(page, "m1.tiny");
  await expect(page.getByRole("region", { name: "What has happened" }).getByRole("listitem")).not.toHaveCount(0);

  await button(page, "Create snapshot").click();
  const snapshot = unique("snap");
  const dialog = page.getByRole("dialog", { name: "Create snapshot" });
  await dialog.getByLabel("Snapshot name").fill(snapshot);
  await dialog.getByRole("button", { name: "Create snapshot" }).click();
  await expectMessage(page, `The snapshot “${snapshot}” is ready.`);

  await navigation(page, "Instances").click();
  await button(page, `Actions for ${server}`).click();
  await page.getByRole("menu").getByRole("menuitem", { name: /^Delete/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Delete/ }).click();
  await expect(page.getByRole("link", { name: server, exact: true })).toBeHidden();

  await navigation(page, "Images").click();
  await search(page, name);
  await (await rowAction(page, name, "Delete")).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Delete/ }).click();
  await expect(rowOf(page, name)).toBeHidden();
  expectQuiet(watch);
});

test("what the cloud can't do is said where it would be done", async ({ page, watch, temporary }) => {
  await signIn(page, alice, "/images/new");
  await expectRefused(radio(page, "URL"), /does not offer “web-download”/);
  await expect(page.getByLabel("Store", { exact: true })).toHaveCount(0);
  await page.getByText("Advanced", { exact: true }).click();
  await expect(page.getByRole("checkbox", { name: "Hidden" })).toBeDisabled();
  const file = temporary(scratchFile(`${unique("unhashed")}.qcow2`));
  copyFileSync(anyQcow2(), file);
  await pickFiles(page, file);
  await button(page, "Create image").click();
  await expect(upload(page, basename(file))).toContainText("the cloud gives no hash for this image");

  await page.goto("/launch");
  await step(page, "Key pair");
  await button(page, "Import key pair").click();
  const name = page.getByRole("dialog").getByLabel("Key pair name");
  await expect(name).toHaveAccessibleDescription(/too old for \. and @/);
  await name.fill("alice@laptop");
  await page.getByRole("dialog").getByRole("button", { name: "Import key pair" }).click();
  await expect(name).toHaveAccessibleDescription(/@/);
  await expect(name).toBeFocused();
  expectQuiet(watch);
});

test("the connection doctor names what an old cloud lacks, and finds nothing to mend", async ({ page, watch }) => {
  await signIn(page, alice, "/sign-in?next=/doctor");
  await expect(page.getByRole("status").filter({ hasText: "Everything that Sextant needs of the cloud works." })).toBeVisible({ timeout: 40_000 });
  const lacks: [service: string, lacks: RegExp[]][] = [
    [
      "Glance",
      [
        /^Hiding images from lists \(came with 2\.7\)/,
        /^The comparison of an upload with its file, by a hash \(came with 2\.7\)/,
        /^A choice of stores \(came with 2\.8\)/,
        /^An image’s history, and why an import failed \(came with 2\.12\)/,
        /^Quotas for images \(came with 2\.13\)/,
      ],
    ],
    [
      "Nova",
      [
        /^Reasons from a flavor’s extra specs \(came with 2\.61\)/,
        /^The volume type when launching from a new volume \(came with 2\.67\)/,
        /^“@” and “\.” in the names of key pairs \(came with 2\.92\)/,
      ],
    ],
  ];
  for (const [service, wanted] of lacks) {
    const line = main(page).getByRole("listitem").filter({ hasText: new RegExp(`^${service} `) }).first();
    await line.getByText(service, { exact: true }).click();
    await expect(line.getByRole("heading", { name: "An older release" })).toBeVisible();
    await expect(line.getByRole("listitem").filter({ hasText: "came with" })).toHaveText(wanted);
  }
  expect(watch.errors.filter((error) => !/status of 4\d\d/.test(error))).toEqual([]);
});

test("a new volume gets the cloud's default type, and is booted from; so is a volume that is there", async ({ page, watch, temporary }) => {
  test.slow();
  await signIn(page, alice);
  const id = await create(page, temporary, unique("root"));
  await page.goto(`/launch?image=${id}`);
  await step(page, "Source");
  await page.getByRole("checkbox", { name: "Create new volume" }).check();
  const type = page.getByLabel("Volume type", { exact: true });
  await expect(type).toBeDisabled();
  await expect(type).toHaveAccessibleDescription(/speaks up to 2\.60; that came with 2\.67/);
  await launch(page, "m1.tiny");

  await page.goto("/launch?source=volume&step=source");
  await main(page).getByRole("radio").and(page.locator(":not([aria-disabled=true])")).first().check();
  await launch(page, "m1.small");
  expectQuiet(watch);
});

test("a test launch verifies an image", async ({ page, watch, temporary }) => {
  test.slow();
  await signIn(page, alice);
  const id = await create(page, temporary, unique("verified"));
  await page.goto(`/images/${id}/verify`);
  await button(page, "Start verification").click();
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("The image boots", { timeout: 120_000 });
  await expectMessage(page, "The test instance is deleted.");
  expectQuiet(watch);
});

test("an administrator sees every page", async ({ page, watch }) => {
  await page.goto("/images");
  await page.getByLabel("User name", { exact: true }).fill(admin.user);
  await page.getByLabel("Password", { exact: true }).fill(admin.password);
  await button(page, "Sign in").click();
  await page.getByRole("button", { name: /^admin/ }).first().click();
  await expect(heading(page, "Images")).toBeVisible();
  await page.getByRole("table", { name: "Images" }).getByRole("link").first().click();
  for (const tab of await page.getByRole("tab").all()) {
    await tab.click();
    await expect(tab).toHaveAttribute("aria-selected", "true");
  }
  for (const path of ["/images/new", "/instances", "/launch"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toHaveCount(0);
  }
  expectQuiet(watch);
});

test("versions are asked for once, and not before the list is there", async ({ page, watch }) => {
  const roots = ["/image/", "/compute/", "/volume/", "/networking/"];
  const asked = () => watch.requests.filter((request) => roots.some((root) => request === `GET ${root}`)).sort();
  await signIn(page, alice);
  await expect(page.getByRole("table", { name: "Images" }).getByRole("link").first()).toBeVisible();
  expect(asked()).toEqual([]);
  for (const path of ["/launch", "/images/new", "/launch", "/images/new"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle");
  }
  expect(asked()).toEqual(["GET /compute/", "GET /image/"]);
  expectQuiet(watch);
});
