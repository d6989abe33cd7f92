// What a list and a page do with instances: search and order, snapshot, deletion, the timeline, the console, another like it.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import type { Cloud, Json } from "../support/api.ts";
import { alert, expectAccessible, expectAllowed, expectHeld, expectMessage, expectRefused, heading, holdBack, signIn } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { type Account, expect, test } from "../support/test.ts";

const noNetwork = "none";

/** An instance that is ACTIVE. */
async function active(api: Cloud, name: string, image: string, networks: Json[] | string = noNetwork): Promise<Json> {
  const { id } = await api.createServer(name, image, "m1.tiny", networks);
  await expect.poll(async () => (await api.call("GET", `${api.compute}/servers/${id}`)).server.status).toBe("ACTIVE");
  return { id, name };
}

function act(api: Cloud, id: string, body: Json): Promise<Response> {
  return api.raw("POST", `${api.compute}/servers/${id}/action`, body);
}

function row(page: Page, name: string) {
  return page.getByRole("table", { name: "Instances" }).getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
}

async function rowAction(page: Page, name: string, item: string) {
  await page.getByRole("button", { name: `Actions for ${name}`, exact: true }).click();
  return page.getByRole("menu").getByRole("menuitem", { name: item, exact: true });
}

/** The dialog for a snapshot of a new instance, open. */
async function openSnapshot(page: Page, member: Account) {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const server = await active(api, unique("server"), image.id);
  await signIn(page, member, `/instances/${server.id}`);
  await page.getByRole("button", { name: "Create snapshot" }).click();
  const dialog = page.getByRole("dialog", { name: "Create snapshot" });
  const name = dialog.getByLabel("Snapshot name");
  return { api, server, dialog, name };
}

test("a snapshot is named, sent, and followed among the images until it is active @cloud", async ({ page, member }) => {
  const { api, server, dialog, name } = await openSnapshot(page, member);
  await expect(name).toHaveValue(new RegExp(`^${server.name}-\\d{8}-\\d{4}$`));
  await name.fill("");
  await dialog.getByRole("button", { name: "Create snapshot" }).click();
  await expect(name).toBeFocused();
  await expect(name).toHaveAccessibleDescription(/Enter a name/);
  const snapshot = unique("snap");
  await name.fill(snapshot);
  await dialog.getByText("Show the command").click();
  await expect(dialog).toContainText(`openstack server image create --name ${snapshot} ${server.id}`);
  await dialog.getByRole("button", { name: "Create snapshot" }).click();
  await expect(dialog).toBeHidden();
  await expectMessage(page, `“${snapshot}” is being made`);
  // Told wherever one is by then.
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Images", exact: true }).click();
  await expectMessage(page, `“${snapshot}” is ready`);
  await page.getByRole("link", { name: "Open the image" }).last().click();
  await expect(heading(page, snapshot)).toBeVisible();
  await expect(page.getByRole("main").getByText("Active", { exact: true }).first()).toBeVisible();
  const [made] = await api.imagesNamed(snapshot);
  expect(made.status).toBe("active");
  expect(made.image_type).toBe("snapshot");
});

test("a snapshot that Nova refuses meanwhile keeps the dialog and the name @cloud", async ({ page, member }) => {
  const { api, server, dialog, name } = await openSnapshot(page, member);
  const snapshot = unique("snap");
  await name.fill(snapshot);
  // Somebody else stops it just now.
  expect((await act(api, server.id, { "os-stop": null })).status).toBe(202);
  await dialog.getByRole("button", { name: "Create snapshot" }).click();
  await expect(alert(page, /409/)).toContainText("Cannot 'createImage' instance");
  await expect(name).toHaveValue(snapshot);
  // Once that is over, the same press succeeds.
  await expect.poll(async () => (await api.call("GET", `${api.compute}/servers/${server.id}`)).server["OS-EXT-STS:task_state"]).toBeNull();
  await dialog.getByRole("button", { name: "Create snapshot" }).click();
  await expect(dialog).toBeHidden();
});

test("the name of a snapshot can't be changed while it is sent", async ({ page, member }) => {
  const { server, dialog, name } = await openSnapshot(page, member);
  const snapshot = unique("snap");
  await name.fill(snapshot);
  const release = await holdBack(page, `**/servers/${server.id}/action`);
  await name.press("Enter");
  await expectHeld(page, dialog, name);
  await expect(name).toHaveValue(snapshot);
  release();
  await expect(dialog).toBeHidden();
  await expectMessage(page, `“${snapshot}” is being made`);
});

test("what can't be done says why", async ({ page, member, account }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const failed = unique("demo-fail-build");
  await api.createServer(failed, image.id, "m1.tiny", noNetwork);
  await signIn(page, member, "/instances");
  await expect(row(page, failed)).toContainText("Error");
  await expectRefused(await rowAction(page, failed, "Create snapshot"), /while it is “Error”/);
  await expectAllowed(page.getByRole("menu").getByRole("menuitem", { name: "Delete", exact: true }));
  await page.keyboard.press("Escape");
  const reader = await account("reader");
  await page.context().clearCookies();
  await page.evaluate(() => sessionStorage.clear());
  await signIn(page, reader, "/instances");
  await expectRefused(await rowAction(page, failed, "Delete"), /read/i);
});

test("an instance is deleted from its row, and from its page @cloud", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const first = await active(api, unique("first"), image.id);
  const second = await active(api, unique("second"), image.id);
  await signIn(page, member, "/instances");
  await (await rowAction(page, first.name, "Delete")).click();
  const dialog = page.getByRole("dialog", { name: "Delete instance" });
  await expect(dialog).toContainText(first.name);
  await dialog.getByRole("button", { name: "Delete instance" }).click();
  await expectMessage(page, `“${first.name}” is being deleted`);
  await expect(row(page, first.name)).toBeHidden();
  await (await rowAction(page, second.name, "Open")).click();
  await expect(heading(page, second.name)).toBeVisible();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete instance" }).click();
  await expect(heading(page, "Instances")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("No instances yet");
});

test("an instance deleted elsewhere stays on its page, as gone", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const server = await active(api, unique("server"), image.id);
  await signIn(page, member, `/instances/${server.id}`);
  await expect(page.getByRole("button", { name: "Create snapshot" })).toBeVisible();
  await page.getByRole("button", { name: "Create snapshot" }).click();
  await api.forget(`${api.compute}/servers/${server.id}`);
  await expect.poll(async () => (await api.raw("GET", `${api.compute}/servers/${server.id}`)).status).toBe(404);
  const dialog = page.getByRole("dialog", { name: "Create snapshot" });
  await dialog.getByRole("button", { name: "Create snapshot" }).click();
  await expect(alert(page, /404/)).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("main")).toContainText("This instance is gone");
  await expect(page.getByRole("button", { name: "Create snapshot" })).toBeHidden();
  await expect(heading(page, server.name)).toBeVisible();
});

test("the timeline tells what was done, and what failed", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const server = await active(api, unique("server"), image.id);
  await signIn(page, member, `/instances/${server.id}`);
  const timeline = page.getByRole("region", { name: "What has happened" });
  await expect(timeline.getByRole("listitem")).toHaveCount(1);
  await expect(timeline).toContainText("Launched");
  await act(api, server.id, { "os-stop": null });
  await expect(timeline.getByRole("listitem").first()).toContainText("Stopped", { timeout: 40_000 });
  await expect(page.getByRole("main").getByText("Stopped", { exact: true }).first()).toBeVisible();
  const failed = await api.createServer(unique("demo-fail-build"), image.id, "m1.tiny", noNetwork);
  await page.goto(`/instances/${failed.id}`);
  await expect(timeline.getByRole("listitem").filter({ hasText: "Launched" })).toContainText("Failed");
  await expect(alert(page, /No valid host was found/)).toBeVisible();
});

test("the console log is followed, can be left alone, saved and asked for in other lengths", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  await signIn(page, member);
  const server = await api.createServer(unique("server"), image.id, "m1.tiny", noNetwork);
  await page.goto(`/instances/${server.id}`);
  const section = page.getByRole("region", { name: "Console log" });
  const log = section.getByRole("group", { name: "Console log" });
  await expect(log).toContainText("login:", { timeout: 40_000 });
  await expect(section).toContainText("New lines appear by themselves");
  // At its end; who reads further up stays there and is shown the way back.
  await expect.poll(() => log.evaluate((it) => it.scrollHeight - it.clientHeight - it.scrollTop)).toBeLessThan(25);
  await log.focus();
  await page.keyboard.press("Home");
  await expect.poll(() => log.evaluate((it) => it.scrollTop)).toBe(0);
  const end = section.getByRole("button", { name: "Jump to the end" });
  await end.click();
  await expect(end).toBeHidden();
  await section.getByLabel("Follow").uncheck();
  await expect(section).toContainText("Not followed");
  await section.getByLabel("Lines").selectOption({ label: "Everything" });
  await expect(log).toContainText("SeaBIOS");
  const download = page.waitForEvent("download");
  await section.getByRole("button", { name: "Download log" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/-console\.log$/);
  expect(await readFile(await file.path(), "utf8")).toContain("login:");
});

test("a console full of hostile bytes is shown as text", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const server = await active(api, unique("server"), image.id);
  const output = "\u001b[31m<img src=x onerror=alert(1)>\u001b[0m\r\n\u202eevil\u0000\u0007 50%\rdone 100%\n" + "x".repeat(10_240);
  await page.route(`**/servers/${server.id}/action`, (route) =>
    route.fulfill({ json: { output }, headers: { "Access-Control-Allow-Origin": "*" } }));
  await signIn(page, member, `/instances/${server.id}`);
  const log = page.getByRole("group", { name: "Console log" });
  await expect(log).toContainText("<img src=x onerror=alert(1)>");
  await expect(log).toContainText("done 100%");
  await expect(log).not.toContainText("50%");
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});

test("search and order narrow the list, and stand in the address", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const names = ["alpha", "beta", "gamma"].map(unique);
  for (const name of names) await active(api, name, image.id);
  await signIn(page, member, "/instances");
  const table = page.getByRole("table", { name: "Instances" });
  await expect(table.getByRole("row")).toHaveCount(4);
  await table.getByRole("button", { name: "Name" }).click();
  await expect(table.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await expect(table.getByRole("row").nth(1)).toContainText(names[0]);
  await page.getByRole("searchbox", { name: "Search instances" }).fill(`BETA ${image.name}`);
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(page.getByText("1 of 3 instances")).toBeVisible();
  await expect(page).toHaveURL(/q=BETA.*sort=name/);
  await page.reload();
  await expect(table.getByRole("row")).toHaveCount(2);
  await page.getByRole("searchbox").fill("nothing like it");
  await expect(page.getByText("No instance matches the search")).toBeVisible();
  await page.getByRole("button", { name: /Clear/ }).click();
  await expect(table.getByRole("row")).toHaveCount(4);
});

test("all are listed where Nova tells one at a time", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const names = ["first", "second", "third"].map(unique);
  for (const name of names) await active(api, name, image.id);
  await page.route(/\/servers\/detail/, (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set("limit", "1");
    return route.continue({ url: `${url}` });
  });
  await signIn(page, member, "/instances");
  await expect(page.getByRole("status").filter({ hasText: "3 instances" })).toBeVisible();
  for (const name of names) await expect(row(page, name)).toBeVisible();
  await expect(page.getByRole("table", { name: "Instances" }).getByRole("row")).toHaveCount(4);
});

test("another one like it begins with the same choices", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const network = await api.networkNamed("shared-net");
  const server = await active(api, unique("server"), image.id, [{ uuid: network.id }]);
  await signIn(page, member, `/instances/${server.id}`);
  await page.getByRole("button", { name: "Launch another like this" }).click();
  await expect(heading(page, "Launch instance")).toBeVisible();
  await expect(page.getByLabel("Instance name")).toHaveValue(`${server.name}-2`);
  await page.getByRole("main").getByRole("link", { name: /^Review/ }).click();
  const main = page.getByRole("main");
  await expect(main).toContainText(image.name);
  await expect(main).toContainText("m1.tiny");
  await expect(main).toContainText("shared-net");
  await main.getByRole("button", { name: "Launch instance" }).click();
  await expect(heading(page, `${server.name}-2`)).toBeVisible();
});

test("a failed list says so and keeps the rows; a slow one doesn't block", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const server = await active(api, unique("server"), image.id);
  await signIn(page, member, "/instances");
  await expect(row(page, server.name)).toBeVisible();
  await page.route("**/servers/detail*", (route) =>
    route.fulfill({ status: 503, body: "<h1>Service Unavailable</h1>", headers: { "Access-Control-Allow-Origin": "*" } }));
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(alert(page, /503/)).toBeVisible();
  await expect(row(page, server.name)).toBeVisible();
  await page.unroute("**/servers/detail*");
  await alert(page, /503/).getByRole("button", { name: "Try again" }).click();
  await expect(alert(page, /503/)).toHaveCount(0);
  const release = await holdBack(page, "**/servers/detail*");
  const asked = page.waitForRequest("**/servers/detail*");
  await page.getByRole("button", { name: "Refresh" }).click();
  await asked;
  await row(page, server.name).getByRole("link", { name: server.name, exact: true }).click();
  await expect(heading(page, server.name)).toBeVisible();
  await page.goBack();
  await expect(row(page, server.name)).toBeVisible();
  release();
  await expect(row(page, server.name)).toContainText("Active");
});

test("list, page and dialogs hold for axe and at 390 px, by keyboard alone", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const network = await api.networkNamed("shared-net");
  const server = await active(api, unique("server"), image.id, [{ uuid: network.id }]);
  await signIn(page, member, "/instances");
  await expect(row(page, server.name)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: `Actions for ${server.name}` }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Open" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Create snapshot" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: `Actions for ${server.name}` })).toBeFocused();
  await page.setViewportSize({ width: 390, height: 844 });
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
  expect(await fits()).toBe(true);
  await page.goto(`/instances/${server.id}`);
  await expect(heading(page, server.name)).toBeVisible();
  await expect(page.getByRole("region", { name: "What has happened" }).getByRole("listitem")).toHaveCount(1);
  expect(await fits()).toBe(true);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page);
});

test("a page that was left asks for nothing any more", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const server = await active(api, unique("server"), image.id);
  await signIn(page, member, "/instances");
  await page.getByRole("link", { name: server.name }).click();
  await expect(heading(page, server.name)).toBeVisible();
  await expect(page.getByRole("region", { name: "What has happened" }).getByRole("listitem")).toHaveCount(1);
  // The list would be asked for again after three seconds at most; the page's own question shows that the time is over.
  let lists = 0;
  page.on("request", (request) => { if (request.url().includes("/servers/detail")) lists += 1; });
  const asked = (request: { url(): string }) => request.url().endsWith(`/servers/${server.id}`);
  for (let i = 0; i < 3; i++) await page.waitForRequest(asked);
  expect(lists).toBe(0);
});
