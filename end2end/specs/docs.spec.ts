// Not tests: the pictures of docs/, taken while each page's steps are walked through. `npm run docs`
import { randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";

import type { Cloud } from "../support/api.ts";
import { here, scratch } from "../support/env.ts";
import { qcow2 } from "../support/files.ts";
import { writePicture } from "../support/picture.ts";
import { expect, test } from "../support/test.ts";

/** The names that the walk finds things by: as in src/i18n/en.rs and zh_cn.rs. */
const languages = {
  en: {
    locale: "en-GB",
    signIn: "Sign in",
    user: "User name",
    password: "Password",
    images: "Images",
    filters: "Filters",
    format: "Format",
    name: "Name",
    create: "Create image",
    file: "File",
    readyMade: "Ready-made",
    refused: "Refused",
    uploads: "Uploads",
    verifiedBytes: "Verified: bytes in the cloud match your file",
    sharing: "Sharing",
    sharedWithYou: "Shared with you",
    projectField: "Project id or name",
    addProject: "Add project",
    makeShared: "Make shared and add project",
    pending: "Pending",
    dismiss: "Dismiss",
    accept: "Accept",
    launch: "Launch instance",
    instanceName: "Instance name",
    flavor: "Flavor",
    networks: "Networks",
    review: "Review",
    active: "Active",
    startVerification: "Start verification",
    boots: "The image boots",
    testDeleted: "The test instance is deleted.",
    whoSees: "Check who can see it",
    whoSeesDialog: "Check who can see the image",
    check: "Check",
    asExpected: "As its visibility says",
    allGood: "Everything that Sextant needs of the cloud works.",
  },
  "zh-CN": {
    locale: "zh-CN",
    signIn: "登录",
    user: "用户名",
    password: "密码",
    images: "镜像",
    filters: "筛选",
    format: "格式",
    name: "名称",
    create: "创建镜像",
    file: "文件",
    readyMade: "现成镜像",
    refused: "会被拒绝",
    uploads: "上传",
    verifiedBytes: "已验证：云中的数据与您的文件一致",
    sharing: "共享",
    sharedWithYou: "与您共享",
    projectField: "项目 ID 或名称",
    addProject: "添加项目",
    makeShared: "改为共享并添加项目",
    pending: "待处理",
    dismiss: "忽略",
    accept: "接受",
    launch: "启动实例",
    instanceName: "实例名称",
    flavor: "实例类型",
    networks: "网络",
    review: "确认",
    active: "运行中",
    startVerification: "开始验证",
    boots: "镜像可以正常启动",
    testDeleted: "测试实例已删除。",
    whoSees: "检查谁能看到它",
    whoSeesDialog: "检查谁能看到此镜像",
    check: "检查",
    asExpected: "与其可见性相符",
    allGood: "Sextant 需要的云功能全部正常。",
  },
};

const size = { width: 1280, height: 800 };

for (const [language, words] of Object.entries(languages)) {
  test.describe(language, { tag: "@docs" }, () => {
    test.use({ locale: words.locale, viewport: size });

    /** Takes the picture `name`, scrolled so that `top` (else the page) begins it. */
    async function picture(page: Page, name: string, top?: Locator): Promise<void> {
      await page.waitForLoadState("networkidle");
      await page.mouse.move(0, 0);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      if (top) await top.evaluate((node) => node.scrollIntoView({ block: "start" }));
      else await page.evaluate(() => window.scrollTo(0, 0));
      const screenshot = await page.screenshot({ animations: "disabled" });
      writePicture(join(here, "..", "docs", "screenshots", language, `${name}.png`), screenshot);
    }

    async function signIn(page: Page, user: string, path = "/images"): Promise<void> {
      await page.goto(path);
      await page.getByLabel(words.user, { exact: true }).fill(user);
      await page.getByLabel(words.password, { exact: true }).fill("password");
      await page.getByRole("button", { name: words.signIn, exact: true }).click();
      await expect(page.getByRole("button", { name: new RegExp(`${user}$`) })).toBeVisible();
    }

    test("images", async ({ page, admin }) => {
      const [image] = await admin.imagesNamed("ubuntu-24.04");
      await page.goto("/sign-in");
      await page.getByLabel(words.user, { exact: true }).fill("alice");
      await picture(page, "sign-in");
      await signIn(page, "alice");
      await page.getByRole("table").getByRole("button", { name: words.name, exact: true }).click();
      await expect(page.getByRole("link", { name: "alice-hyperv", exact: true })).toBeVisible();
      await picture(page, "images");
      await page.getByText(words.filters, { exact: true }).click();
      await page.getByRole("main").getByLabel(words.format, { exact: true }).first().selectOption("qcow2");
      await picture(page, "filters");
      await page.goto(`/images/${image.id}?tab=fits`);
      await expect(page.getByRole("table").getByText("m1.medium")).toBeVisible();
      await picture(page, "fits");
    });

    test("upload", async ({ page, admin }) => {
      await deleteImages(admin, ["debian-13-genericcloud-amd64"]);
      const folder = join(scratch, "docs");
      mkdirSync(folder, { recursive: true });
      const file = join(folder, "debian-13-genericcloud-amd64.qcow2");
      renameSync(qcow2(3072), file);
      appendFileSync(file, randomBytes(3 * 1024 * 1024));
      const saved = join(folder, "fedora-43.qcow2");
      writeFileSync(saved, "<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head><body></body></html>\n");
      const field = page.getByLabel(words.file, { exact: true }).and(page.locator("input[type=file]"));
      await signIn(page, "alice", "/images/new");
      await field.setInputFiles(saved);
      await expect(page.getByText(words.refused, { exact: true })).toBeVisible();
      await picture(page, "refused");
      await page.reload();
      await page.getByText(words.readyMade, { exact: true }).click();
      await expect(page.getByText(/Ubuntu/).first()).toBeVisible();
      await picture(page, "ready-made");
      await page.reload();
      await field.setInputFiles(file);
      await expect(page.getByText(/QCOW2/).first()).toBeVisible();
      await picture(page, "create");
      await page.getByRole("button", { name: words.create, exact: true }).click();
      await expect(page.getByRole("region", { name: words.uploads, exact: true }).getByText(words.verifiedBytes)).toBeVisible();
      await picture(page, "uploaded");
      await deleteImages(admin, ["debian-13-genericcloud-amd64"]);
    });

    test("share", async ({ page, browser, baseURL, admin }) => {
      const [image] = await admin.imagesNamed("alice-private");
      const { projects } = await admin.call("GET", `${admin.identity}/projects?name=other`);
      await signIn(page, "alice", `/images/${image.id}?tab=sharing`);
      await page.getByLabel(words.projectField, { exact: true }).fill(projects[0].id);
      await page.getByRole("button", { name: words.addProject, exact: true }).click();
      await page.getByRole("button", { name: words.makeShared, exact: true }).click();
      await expect(page.getByText(words.pending, { exact: true })).toBeVisible();
      await page.getByRole("button", { name: words.dismiss, exact: true }).click();
      await picture(page, "sharing");
      const theirs = await browser.newPage({ baseURL, locale: words.locale, viewport: size });
      await signIn(theirs, "bob");
      await theirs.getByRole("main").getByText(words.sharedWithYou, { exact: true }).click();
      await expect(theirs.getByRole("button", { name: new RegExp(words.accept) }).first()).toBeVisible();
      await picture(theirs, "offered");
      await theirs.close();
      await admin.forget(`${admin.image}/images/${image.id}/members/${projects[0].id}`);
      await admin.patchImage(image.id, [{ op: "replace", path: "/visibility", value: "private" }]);
    });

    test("launch", async ({ page, admin }) => {
      const [small] = await admin.imagesNamed("ubuntu-24.04");
      const [large] = await admin.imagesNamed("windows-11");
      const step = async (name: string) => {
        const named = new RegExp(`^${name}`);
        await page.getByRole("tab", { name: named }).or(page.getByRole("main").getByRole("link", { name: named })).first().click();
      };
      await signIn(page, "alice", `/launch?image=${large.id}`);
      await step(words.flavor);
      await page.getByRole("radio", { name: "m1.large", exact: true }).click();
      await picture(page, "flavors");
      await page.goto(`/launch?image=${small.id}`);
      await page.getByLabel(words.instanceName, { exact: true }).fill("web-1");
      await step(words.flavor);
      await page.getByRole("radio", { name: "m1.small", exact: true }).click();
      await step(words.networks);
      await page.getByRole("checkbox", { name: /^demo-net/ }).first().check();
      await step(words.review);
      await picture(page, "review");
      await page.getByRole("button", { name: words.launch, exact: true }).click();
      await expect(page.getByRole("heading", { name: "web-1", level: 1 })).toBeVisible();
      await expect(page.getByRole("main").getByText(/login:/).first()).toBeVisible({ timeout: 60_000 });
      await picture(page, "instance");
      const servers = (await admin.call("GET", `${admin.compute}/servers/detail?all_tenants=1&name=web-1`)).servers;
      for (const server of servers) if (server.name === "web-1") await admin.forget(`${admin.compute}/servers/${server.id}`);
    });

    test("doctor", async ({ page }) => {
      await signIn(page, "alice");
      await page.goto("/doctor");
      await expect(page.getByText(words.allGood)).toBeVisible({ timeout: 60_000 });
      await picture(page, "doctor");
    });

    test("verify", async ({ page, admin }) => {
      test.setTimeout(180_000);
      const [image] = await admin.imagesNamed("debian-12");
      await signIn(page, "alice", `/images/${image.id}/verify`);
      await expect(page.getByRole("button", { name: words.startVerification, exact: true })).toBeVisible();
      await picture(page, "verify-plan");
      await page.getByRole("button", { name: words.startVerification, exact: true }).click();
      await expect(page.getByText(words.boots)).toBeVisible({ timeout: 120_000 });
      await expect(page.getByText(words.testDeleted).first()).toBeVisible();
      await picture(page, "verdict");
      await page.getByRole("button", { name: words.whoSees, exact: true }).click();
      const dialog = page.getByRole("dialog", { name: words.whoSeesDialog });
      await dialog.getByLabel(words.user, { exact: true }).fill("bob");
      await dialog.getByLabel(words.password, { exact: true }).fill("password");
      await dialog.getByRole("button", { name: words.check, exact: true }).click();
      await expect(page.getByText(words.asExpected).first()).toBeVisible();
      await picture(page, "who-sees");
    });
  });
}

async function deleteImages(admin: Cloud, names: string[]): Promise<void> {
  for (const name of names) {
    for (const image of await admin.imagesNamed(name)) await admin.forget(`${admin.image}/images/${image.id}`);
  }
}
