import { alert, heading, holdBack, navigation, signIn } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

test("the page follows a launch from building to active", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const network = await api.networkNamed("shared-net");
  await signIn(page, member);
  await expect(heading(page, "Images")).toBeVisible();
  const server = await api.createServer(unique("server"), image.id, "m1.tiny", [{ uuid: network.id }]);
  // Built before a slow page has come, it is first told as it was made; what it is by now is told once that was seen.
  const address = new RegExp(`/servers/${server.id}$`);
  const release = await holdBack(page, address);
  await page.route(address, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({ response, json: { server: { ...json.server, status: "BUILD", "OS-EXT-STS:vm_state": "building" } } });
  }, { times: 1 });
  await page.goto(`/instances/${server.id}`);
  const main = page.getByRole("main");
  await expect(main.getByText("Building", { exact: true }).first()).toBeVisible();
  release();
  await expect(main.getByText("Active", { exact: true }).first()).toBeVisible();
  await expect(main).toContainText("m1.tiny");
  await expect(main.getByRole("link", { name: image.name })).toBeVisible();
  await navigation(page, "Instances").click();
  await expect(page.getByRole("link", { name: /^server-/ })).toBeVisible();
});

test("a launch that fails shows the fault in the cloud's own words", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot"), demo_boot: "no-valid-host" }, anyQcow2());
  const network = await api.networkNamed("shared-net");
  await signIn(page, member);
  const server = await api.createServer(unique("server"), image.id, "m1.tiny", [{ uuid: network.id }]);
  await page.goto(`/instances/${server.id}`);
  await expect(page.getByRole("main").getByText("Error", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("main")).toContainText("No valid host was found");
});

test("an instance that is not there says so", { tag: "@cloud" }, async ({ page, member }) => {
  await signIn(page, member, "/instances/00000000-0000-4000-8000-000000000000");
  await expect(alert(page, /404/)).toBeVisible();
});

test("a project without instances is told what to do", { tag: "@cloud" }, async ({ page, member }) => {
  await signIn(page, member, "/instances");
  await expect(heading(page, "Instances")).toBeVisible();
  await expect(page.getByRole("main")).toContainText(/[Nn]o instances/);
});
