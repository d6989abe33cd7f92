import type { Page } from "@playwright/test";
import { expectAccessible, heading, rowAction, rowOf, signIn, step } from "../support/app.ts";
import { otherURL } from "../support/env.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds nothing in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("on the sign-in page", async ({ page, member }) => {
      await page.goto("/sign-in");
      await expect(heading(page, "Sign in")).toBeVisible();
      await expectAccessible(page);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expectAccessible(page);
      await page.getByLabel("User name", { exact: true }).fill(member.user);
      await page.getByLabel("Password", { exact: true }).fill("wrong");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page.getByRole("alert").first()).toBeVisible();
      await expectAccessible(page);
    });

    test("on the connection doctor, where a cloud does not answer", async ({ page }) => {
      await page.goto(`${otherURL}/doctor`);
      await expect(heading(page, "Connection doctor")).toBeVisible();
      await expect(page.getByRole("heading", { name: "No answer", exact: true })).toBeVisible();
      await expectAccessible(page);
    });

    test("on the choice of a project", async ({ page, steward, member }) => {
      await steward.grant(member, await steward.project("second"), "member");
      await page.goto("/sign-in");
      await page.getByLabel("User name", { exact: true }).fill(member.user);
      await page.getByLabel("Password", { exact: true }).fill(member.password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page.getByRole("heading", { name: "Choose a project" })).toBeVisible();
      await expectAccessible(page);
    });

    test("on the image list, its menus and its dialog", async ({ page, member }) => {
      const image = await (await member.api()).createImage({ name: unique("listed") }, anyQcow2());
      await signIn(page, member);
      await expect(rowOf(page, image.name)).toBeVisible();
      await expectAccessible(page);
      const item = await rowAction(page, image.name, "Delete");
      await expect(item).toBeVisible();
      await expectAccessible(page);
      await item.click();
      await expect(page.getByRole("dialog", { name: "Delete image" })).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      await page.getByRole("banner").getByRole("button", { name: /^Account:/ }).click();
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      await page.getByRole("searchbox", { name: "Search images" }).fill(unique("nothing"));
      await expect(page.getByText("No image matches", { exact: true })).toBeVisible();
      await expectAccessible(page);
    });

    test("on the forms to create and edit", async ({ page, member, account }) => {
      const image = await (await member.api()).createImage({ name: unique("edited") });
      await signIn(page, await account("admin"), "/images/new");
      await expect(heading(page, "Create image")).toBeVisible();
      await expectAccessible(page);
      await page.getByLabel("Minimum disk (GB)", { exact: true }).fill("-1");
      await page.getByRole("button", { name: "Create image", exact: true }).click();
      await expectAccessible(page);
      await page.goto(`/images/${image.id}/edit`);
      await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(image.name);
      await expectAccessible(page);
    });

    test("on an image's page", async ({ page, member }) => {
      const image = await (await member.api()).createImage({ name: unique("shown"), tags: ["one"], os_distro: "debian" }, anyQcow2());
      await signIn(page, member, `/images/${image.id}`);
      await expect(heading(page, image.name)).toBeVisible();
      await expectAccessible(page);
    });

    test("on every step of the launch wizard", async ({ page, member }) => {
      const image = await (await member.api()).createImage({ name: unique("boot"), min_ram: 1024 }, anyQcow2());
      await signIn(page, member, `/launch?image=${image.id}`);
      await expect(heading(page, "Launch instance")).toBeVisible();
      for (const name of ["Details", "Source", "Flavor", "Networks", "Key pair", "Review"]) {
        await step(page, name);
        if (name === "Flavor") await expect(page.getByRole("radio").first()).toBeVisible();
        await expectAccessible(page);
      }
      await page.getByRole("button", { name: "Launch instance", exact: true }).click();
      await expect(page.getByRole("alert").first()).toBeVisible();
      await expectAccessible(page);
    });

    test("on the instances and an instance", async ({ page, member }) => {
      const api = await member.api();
      const image = await api.createImage({ name: unique("boot") }, anyQcow2());
      const network = await api.networkNamed("shared-net");
      const server = await api.createServer(unique("server"), image.id, "m1.tiny", [{ uuid: network.id }]);
      await signIn(page, member, "/instances");
      await expect(page.getByRole("link", { name: /^server-/ })).toBeVisible();
      await expectAccessible(page);
      await page.goto(`/instances/${server.id}`);
      await expect(page.getByRole("main").getByText("Active", { exact: true }).first()).toBeVisible();
      await expectAccessible(page);
    });

    test("on a page that is not there, or an image that is not", async ({ page, member }) => {
      await signIn(page, member);
      await page.goto("/no/such/page");
      await expect(heading(page, "Page not found")).toBeVisible();
      await expectAccessible(page);
      await page.goto("/images/00000000-0000-4000-8000-000000000000");
      await expect(page.getByRole("alert").first()).toBeVisible();
      await expectAccessible(page);
    });

    test("on a telephone", async ({ page, member }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      const image = await (await member.api()).createImage({ name: unique("small") }, anyQcow2());
      await signIn(page, member);
      await expect(page.getByRole("link", { name: image.name, exact: true })).toBeVisible();
      await expectAccessible(page);
      await open(page, `/launch?image=${image.id}`);
      await expectAccessible(page);
    });
  });
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}
