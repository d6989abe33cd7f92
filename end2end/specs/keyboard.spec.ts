import type { Locator, Page } from "@playwright/test";
import { heading, rowOf } from "../support/app.ts";
import { cloud } from "../support/env.ts";
import { qcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

/** Presses Tab until the control has the focus, as a person would. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  await expect(control).toBeVisible();
  for (let i = 0; i < 200; i++) {
    if (await control.evaluate((element) => element === document.activeElement)) {
      // Where the focus is must be seen.
      const outline = await control.evaluate((element) => getComputedStyle(element).outlineStyle);
      expect(outline, "the focus is visible").not.toBe("none");
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error("Tab never reached the control");
}

test("the main job, from sign-in to a running instance, by keyboard only", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  test.setTimeout(cloud === "real" ? 300_000 : 120_000);
  const disk = temporary(qcow2());
  // Listening from the start: an intercepted chooser must not open before Playwright has asked for it.
  page.on("filechooser", (chooser) => void chooser.setFiles(disk));
  const image = unique("by-keyboard");
  const server = unique("server");

  await page.goto("/");
  const user = page.getByLabel("User name", { exact: true });
  await tabTo(page, user);
  await page.keyboard.type(member.user);
  await tabTo(page, page.getByLabel("Password", { exact: true }));
  await page.keyboard.type(member.password);
  await page.keyboard.press("Enter");
  await expect(heading(page, "Images")).toBeFocused();

  await tabTo(page, page.getByRole("main").getByRole("link", { name: "Create image", exact: true }));
  await page.keyboard.press("Enter");
  await expect(heading(page, "Create image")).toBeFocused();
  const name = page.getByLabel("Image name", { exact: true });
  const file = page.getByLabel("File", { exact: true }).and(page.locator("input[type=file]"));
  await tabTo(page, file);
  await page.keyboard.press("Enter");
  await expect(name).not.toHaveValue("");
  await tabTo(page, name);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(image);
  await page.keyboard.press("Enter");
  await expect(rowOf(page, image)).toContainText("Active");

  const launch = rowOf(page, image).getByRole("button", { name: `Launch ${image}` }).or(page.getByRole("link", { name: `Launch ${image}` }));
  await tabTo(page, launch);
  await page.keyboard.press("Enter");
  await expect(heading(page, "Launch instance")).toBeFocused();
  await tabTo(page, page.getByLabel("Instance name", { exact: true }));
  await page.keyboard.type(server);
  const goto = async (step: string) => {
    const pattern = new RegExp(`^${step}\\b`);
    await tabTo(page, page.getByRole("main").getByRole("link", { name: pattern }));
    await page.keyboard.press("Enter");
  };
  await page.keyboard.press("Home");
  await heading(page, "Launch instance").focus();
  await goto("Flavor");
  // Tab leads to the group, arrows lead through it: others may have made flavors that come before.
  await tabTo(page, page.getByRole("radio").first());
  await page.keyboard.press("Space");
  const tiny = page.getByRole("radio", { name: "m1.tiny", exact: true });
  for (let i = 0; i < 20 && !(await tiny.isChecked()); i++) await page.keyboard.press("ArrowDown");
  await expect(tiny).toBeChecked();
  await heading(page, "Launch instance").focus();
  await goto("Review");
  await tabTo(page, page.getByRole("button", { name: "Launch instance", exact: true }));
  await page.keyboard.press("Enter");
  await expect(heading(page, server)).toBeFocused();
  await expect(page.getByRole("main").getByText("Active", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
});

test("a row's menu opens, moves and closes by keyboard", async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("menu") });
  await page.goto("/");
  await page.getByLabel("User name", { exact: true }).fill(member.user);
  await page.getByLabel("Password", { exact: true }).fill(member.password);
  await page.keyboard.press("Enter");
  const menu = page.getByRole("button", { name: `Actions for ${image.name}`, exact: true });
  await tabTo(page, menu);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem").last()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menuitem")).toHaveCount(0);
  await expect(menu).toBeFocused();
});
