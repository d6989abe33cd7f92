import { choose, heading, navigation, signIn } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

test("the language switches to Simplified Chinese and back, and is kept", async ({ page, member }) => {
  await signIn(page, member);
  await choose(page, "Language", "简体中文");
  await expect(heading(page, "镜像")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", /^zh/);
  await expect(page.getByRole("link", { name: "创建镜像" })).toBeVisible();
  await page.reload();
  await expect(heading(page, "镜像")).toBeVisible();
  await choose(page, "语言", "English");
  await expect(heading(page, "Images")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", /^en/);
});

test("a browser that asks for Chinese gets it from the first page on", async ({ browser, baseURL }) => {
  const page = await browser.newPage({ locale: "zh-CN", baseURL });
  await page.goto("/sign-in");
  await expect(heading(page, "登录")).toBeVisible();
  await page.close();
});

test("the theme follows the system, or the person's choice, which is kept", async ({ page, member }) => {
  await signIn(page, member);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(background).not.toBe(light);
  await choose(page, "Theme", "Light");
  await expect.poll(background).toBe(light);
  await page.emulateMedia({ colorScheme: "light" });
  await choose(page, "Theme", "Dark");
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.reload();
  await expect(heading(page, "Images")).toBeVisible();
  expect(await background()).toBe(dark);
});

test("the first thing on the page offers to skip to the content", async ({ page, member }) => {
  await signIn(page, member);
  await expect(heading(page, "Images")).toBeFocused();
  await page.getByRole("link", { name: "Sextant" }).focus();
  await page.keyboard.press("Shift+Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await expect(heading(page, "Images")).toBeVisible();
});

test("a new page moves the focus to its heading and says its name in the title", async ({ page, member }) => {
  await signIn(page, member);
  await expect(page).toHaveTitle(/^Images/);
  await navigation(page, "Instances").click();
  await expect(heading(page, "Instances")).toBeFocused();
  await expect(page).toHaveTitle(/^Instances/);
  await expect(navigation(page, "Instances")).toHaveAttribute("aria-current", "page");
  await page.goBack();
  await expect(heading(page, "Images")).toBeFocused();
  await expect(page).toHaveTitle(/^Images/);
});

test("every page opens with its heading, which its title repeats", async ({ page, account }) => {
  const boss = await account("admin");
  const api = await boss.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const instance = unique("server");
  const server = await api.createServer(instance, image.id, "m1.tiny", "none");
  await signIn(page, boss);
  const pages: [string, string][] = [
    ["/images", "Images"],
    ["/images/new", "Create image"],
    [`/images/${image.id}`, image.name],
    [`/images/${image.id}/edit`, "Edit image"],
    [`/images/${image.id}/metadata`, "Update metadata"],
    [`/images/${image.id}/verify`, "Verify image"],
    ["/launch", "Launch instance"],
    ["/instances", "Instances"],
    [`/instances/${server.id}`, instance],
    ["/doctor", "Connection doctor"],
  ];
  for (const [path, name] of pages) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await expect(page).toHaveTitle(`${name} · Sextant`);
  }
});

test("an address that is not there says so and leads back", async ({ page, member }) => {
  await signIn(page, member);
  await page.goto("/no/such/page");
  await expect(heading(page, "Page not found")).toBeVisible();
  await page.getByRole("main").getByRole("link").first().click();
  await expect(heading(page, "Images")).toBeVisible();
});

test("Back leads out of the app again, not round in circles", async ({ page, member }) => {
  await signIn(page, member);
  await page.goto("about:blank");
  await page.goto("/");
  await expect(heading(page, "Images")).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL("about:blank");
});

test("the brand leads to the images", async ({ page, member }) => {
  await signIn(page, member, "/instances");
  await page.getByRole("link", { name: "Sextant" }).click();
  await expect(heading(page, "Images")).toBeVisible();
});

for (const width of [1440, 390, 320]) {
  test(`at ${width} px nothing is cut off and the page does not scroll sideways`, async ({ page, member }) => {
    await page.setViewportSize({ width, height: 800 });
    const image = await (await member.api()).createImage({ name: unique("wide"), protected: true }, anyQcow2());
    await signIn(page, member);
    const own = [`/images/${image.id}`, `/images/${image.id}/edit`, `/launch?image=${image.id}`];
    for (const path of ["/images", "/images/new", "/launch", "/instances", "/no/such/page", ...own]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow, path).toBeLessThanOrEqual(0);
    }
  });
}
