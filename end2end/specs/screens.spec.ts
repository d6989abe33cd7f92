// Not tests: pictures of every page for people to look at. E2E_SCREENS=1 npx playwright test screens
import { join } from "node:path";

import { here } from "../support/env.ts";
import { expect, test } from "../support/test.ts";

const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const alice = { user: "alice", password: "password" };

for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const language of ["en", "zh"] as const) {
      test(`${size} ${colorScheme} ${language}`, { tag: "@screens" }, async ({ browser, baseURL, admin }) => {
        test.setTimeout(180_000);
        const locale = language === "zh" ? "zh-CN" : "en-GB";
        const page = await browser.newPage({ baseURL, viewport, colorScheme, locale });
        const shot = async (name: string) => {
          await page.waitForLoadState("networkidle");
          const path = join(here, "screenshots", `${name}-${size}-${colorScheme}-${language}.png`);
          await page.screenshot({ path, fullPage: true });
        };
        await page.goto("/sign-in");
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await shot("sign-in");
        await page.locator("input[autocomplete=username]").fill(alice.user);
        await page.locator("input[type=password]").fill(alice.password);
        await page.keyboard.press("Enter");
        // Some row: a certain one may be out of the window's reach.
        await expect(page.getByRole("table").getByRole("link").first()).toBeVisible();
        await shot("images");
        await page.locator("button[aria-haspopup=menu]").filter({ visible: true }).last().click();
        await shot("images-menu");
        await page.keyboard.press("Escape");
        const [image] = await admin.imagesNamed("ubuntu-24.04");
        const [server] = (await admin.call("GET", `${admin.compute}/servers/detail?all_tenants=1&name=alice-web`)).servers;
        const pages: [string, string][] = [
          ["images-new", "/images/new"],
          ["image", `/images/${image.id}`],
          ["image-edit", `/images/${image.id}/edit`],
          ["launch-details", `/launch?image=${image.id}`],
          ["launch-source", `/launch?image=${image.id}&step=source`],
          ["launch-flavor", `/launch?image=${image.id}&step=flavor`],
          ["launch-networks", `/launch?image=${image.id}&step=networks`],
          ["launch-key-pair", `/launch?image=${image.id}&step=key-pair`],
          ["launch-review", `/launch?image=${image.id}&step=review`],
          ["instances", "/instances"],
          ...(server ? ([["instance", `/instances/${server.id}`]] as [string, string][]) : []),
          ["doctor", "/doctor"],
          ["not-found", "/no/such/page"],
        ];
        for (const [name, path] of pages) {
          await page.goto(path);
          await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
          await shot(name);
        }
        await page.close();
      });
    }
  }
}
