// The app under a path, as `cargo xtask dist --public-url /console/` builds it, behind the documented nginx.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectList, fillSignIn, heading, navigation, rowAction, rowOf, signIn, step } from "../support/app.ts";
import { cloud, here } from "../support/env.ts";
import { anyQcow2, scratchFile } from "../support/files.ts";
import { hasNginx, nginx } from "../support/nginx.ts";
import { BASE, distUnder } from "../support/subpath.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

test.skip(!hasNginx, "nginx is not here: `cargo xtask setup`");
test.skip(cloud === "real", "the demo cloud has all that this needs");

let site: Awaited<ReturnType<typeof nginx>>;

test.beforeAll(async () => {
  const config = JSON.parse(readFileSync(join(here, "../docs/deploy/config.json"), "utf8"));
  const path = scratchFile(`${unique("under-a-path")}.json`);
  writeFileSync(path, JSON.stringify({ ...config, edit_images: "owner" }));
  const dist = distUnder(BASE);
  site = await nginx({ dist: dist.folder, base: BASE, config: path });
  dist.forget();
  rmSync(path);
});
test.afterAll(async () => void (await site?.stop()));

test("from the origin to the list, with every file, and nothing outside the path", async ({ page, member }) => {
  const outside: string[] = [];
  const missing: string[] = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const isService = /^\/(identity|image|compute|network|block-storage)\//.test(pathname);
    if (!isService && !pathname.startsWith(BASE) && pathname !== "/console") outside.push(pathname);
    if (!isService && response.status() >= 400) missing.push(pathname);
  });
  await signIn(page, member, `${site.url}/console`);
  await expectList(page);
  await expect(page).toHaveURL(`${site.url}/console/images`);
  for (const link of await page.getByRole("main").getByRole("link").all()) {
    expect(await link.getAttribute("href")).toMatch(/^\/console\//);
  }
  for (const link of await page.getByRole("banner").getByRole("link").all()) {
    expect(await link.getAttribute("href")).toMatch(/^\/console\/|^#/);
  }
  expect({ outside, missing }).toEqual({ outside: [], missing: [] });
});

test("signing in goes on to where one wanted to go, and never outside the path", async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("wanted") }, anyQcow2());
  await page.goto(`${site.url}/console/images/${image.id}?tab=history`);
  await expect(page).toHaveURL(/\/console\/sign-in\?next=%2Fimages%2F/);
  await fillSignIn(page, member);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(heading(page, image.name)).toBeVisible();
  await expect(page).toHaveURL(`${site.url}/console/images/${image.id}?tab=history`);

  await page.goto(`${site.url}/console/sign-in?next=%2F%2Fexample.org`);
  await expectList(page);
  await expect(page).toHaveURL(`${site.url}/console/images`);
});

test("the list: tabs, search, Back and Forward, rows, a link in a new tab, a reload", async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("walk") }, anyQcow2());
  await signIn(page, member, `${site.url}/console/images`);
  await page.getByRole("searchbox", { name: "Search images" }).fill(image.name);
  await expect(page).toHaveURL(new RegExp(`/console/images\\?.*${image.name}`));
  await expect(rowOf(page, image.name)).toBeVisible();
  await page.reload();
  await expect(rowOf(page, image.name)).toBeVisible();
  const found = page.url();

  const link = rowOf(page, image.name).getByRole("link", { name: image.name, exact: true });
  await expect(link).toHaveAttribute("href", `/console/images/${image.id}`);
  const [tab] = await Promise.all([page.context().waitForEvent("page"), link.click({ modifiers: ["ControlOrMeta"] })]);
  await expect(heading(tab, image.name)).toBeVisible();
  await tab.close();

  await link.click();
  await expect(heading(page, image.name)).toBeVisible();
  await expect(page).toHaveURL(`${site.url}/console/images/${image.id}`);
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page).toHaveURL(/\/console\/images\/[^/]+\?tab=history/);
  await page.reload();
  await expect(page.getByRole("tab", { name: "History" })).toHaveAttribute("aria-selected", "true");
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(found);
  await expect(rowOf(page, image.name)).toBeVisible();
  await page.goForward();
  await expect(heading(page, image.name)).toBeVisible();

  await page.getByRole("banner").getByRole("link", { name: "Sextant" }).click();
  await expect(page).toHaveURL(`${site.url}/console/images`);
  await page.getByRole("tab", { name: /^Shared with you/ }).click();
  await expect(page).toHaveURL(/\/console\/images\?tab=/);
});

test("an image's pages, from its menu and by their addresses", async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("pages") }, anyQcow2());
  await signIn(page, member, `${site.url}/console/images`);
  await page.getByRole("searchbox", { name: "Search images" }).fill(image.name);
  await (await rowAction(page, image.name, "Update metadata")).click();
  await expect(page).toHaveURL(`${site.url}/console/images/${image.id}/metadata`);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/metadata/i);
  await page.goto(`${site.url}/console/images/new`);
  await expect(heading(page, "Create image")).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Cancel" }).click();
  await expect(page).toHaveURL(`${site.url}/console/images`);
  await page.goto(`${site.url}/console/images/${image.id}/verify`);
  await page.getByRole("main").getByRole("link", { name: image.name }).first().click();
  await expect(page).toHaveURL(`${site.url}/console/images/${image.id}`);
  await page.goto(`${site.url}/console/nowhere/at.all`);
  await page.getByRole("main").getByRole("link").first().click();
  await expect(page).toHaveURL(`${site.url}/console/images`);
});

test("the wizard's steps and the instances", async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("boot") }, anyQcow2());
  await signIn(page, member, `${site.url}/console/launch?image=${image.id}`);
  await expect(page).toHaveURL(/\/console\/launch\?.*wizard=/);
  await step(page, "Flavor");
  await page.getByRole("radio").first().check();
  await step(page, "Review");
  await expect(page).toHaveURL(/\/console\/launch\?.*step=/);
  await page.reload();
  await expect(page.getByRole("main")).toContainText(image.name);
  await page.goBack();
  await expect(page.getByRole("radio").first()).toBeVisible();
  await navigation(page, "Instances").click();
  // What was chosen may be asked about.
  const leave = page.getByRole("dialog").getByRole("button", { name: "Leave" });
  await expect(leave.or(heading(page, "Instances"))).toBeVisible();
  if (await leave.isVisible()) await leave.click();
  await expect(page).toHaveURL(`${site.url}/console/instances`);
  await page.reload();
  await expect(heading(page, "Instances")).toBeVisible();
  await navigation(page, "Images").click();
  await expect(page).toHaveURL(`${site.url}/console/images`);
});
