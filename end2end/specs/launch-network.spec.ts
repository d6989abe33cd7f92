// The wizard's step "Networks": several in order, fixed addresses, ports that are there, security groups.
import type { Page } from "@playwright/test";
import { alert, expectAccessible, expectRefused, heading, signIn, step } from "../support/app.ts";
import type { Cloud, Json } from "../support/api.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test, type Account } from "../support/test.ts";

const launchButton = (page: Page) => page.getByRole("button", { name: "Launch instance", exact: true });
const chosen = (page: Page) => page.getByRole("region", { name: "Chosen, in this order" }).getByRole("listitem");

/** The wizard at its step "Networks", with everything else chosen. */
async function wizard(page: Page, member: Account, api: Cloud) {
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const name = unique("server");
  await signIn(page, member, `/launch?image=${image.id}`);
  await expect(heading(page, "Launch instance")).toBeVisible();
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill(name);
  await step(page, "Flavor");
  await page.getByRole("radio", { name: "m1.tiny", exact: true }).check();
  await step(page, "Networks");
  return name;
}

async function launch(page: Page, name: string) {
  await step(page, "Review");
  await launchButton(page).click();
  await expect(heading(page, name)).toBeVisible();
}

/** The first server, once it has its addresses. */
async function launched(api: Cloud): Promise<Json> {
  await expect.poll(async () => (await api.servers())[0]?.status, { timeout: 60_000 }).toBe("ACTIVE");
  return (await api.servers())[0];
}

const addressesOn = (server: Json, network: Json): string[] => (server.addresses[network.name] ?? []).map((it: Json) => it.addr);

test("several networks are plugged in in the order that the person gives them, by keyboard too", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const [one, two] = [await api.createNetwork(unique("net-a"), "10.71.0.0/24"), await api.createNetwork(unique("net-b"), "10.72.0.0/24")];
  const name = await wizard(page, member, api);
  await expect(page.getByRole("checkbox", { name: one.name })).toHaveAccessibleDescription("10.71.0.0/24");
  for (const network of [one, two]) {
    await page.getByRole("checkbox", { name: network.name }).focus();
    await page.keyboard.press("Space");
  }
  await expect(chosen(page)).toHaveText([new RegExp(one.name), new RegExp(two.name)]);
  await expectRefused(page.getByRole("button", { name: `Move ${one.name} up` }), "It is the first.");
  await page.getByRole("button", { name: `Move ${two.name} up` }).focus();
  await page.keyboard.press("Enter");
  await expect(chosen(page)).toHaveText([new RegExp(two.name), new RegExp(one.name)]);
  // The order stands in the address.
  await page.reload();
  await expect(chosen(page)).toHaveText([new RegExp(two.name), new RegExp(one.name)]);
  await launch(page, name);
  const server = await launched(api);
  expect(Object.keys(server.addresses).sort()).toEqual([one.name, two.name].sort());
});

test("a fixed address is checked against the network's subnets and given to the instance", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const network = await api.createNetwork(unique("net"), "10.73.0.0/24");
  const name = await wizard(page, member, api);
  await page.getByRole("checkbox", { name: network.name }).check();
  const address = page.getByLabel(`Fixed IP on ${network.name}`, { exact: true });
  const refused: [string, RegExp][] = [
    ["10.99.0.5", /none of the network’s subnets \(10\.73\.0\.0\/24\)/],
    ["10.73.0.1", /router’s address/],
    ["10.73.0.255", /broadcast/],
    ["10.73.0.0", /names the subnet itself/],
    ["web", /not an IP address/],
  ];
  for (const [text, reason] of refused) {
    await address.fill(text);
    await address.blur();
    await expect(address).toHaveAccessibleDescription(reason);
  }
  await step(page, "Review");
  await launchButton(page).click();
  await expect(alert(page, /This is not an IP address/)).toBeVisible();
  await expect(address).toHaveValue("web");
  await address.fill("10.73.0.77");
  await launch(page, name);
  expect(addressesOn(await launched(api), network)).toEqual(["10.73.0.77"]);
});

test("a fixed address is for one instance", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const network = await api.createNetwork(unique("net"), "10.74.0.0/24");
  await wizard(page, member, api);
  await page.getByRole("checkbox", { name: network.name }).check();
  await page.getByLabel(`Fixed IP on ${network.name}`, { exact: true }).fill("10.74.0.9");
  await step(page, "Details");
  await page.getByLabel("Count", { exact: true }).fill("2");
  await step(page, "Networks");
  await expect(page.getByRole("main")).toContainText("A fixed IP is for one instance");
});

test("a port that is there brings its network and address", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const network = await api.createNetwork(unique("net"), "10.75.0.0/24");
  const { port } = await api.call("POST", `${api.network}/ports`, { port: { network_id: network.id, name: unique("port") } });
  const name = await wizard(page, member, api);
  await page.getByText("Existing ports (1)").click();
  const box = page.getByRole("checkbox", { name: `${port.name} on ${network.name}` });
  await expect(box).toHaveAccessibleDescription(port.fixed_ips[0].ip_address);
  await box.check();
  // What else was chosen by itself goes.
  for (const other of await page.getByRole("button", { name: /^Remove shared-net$/ }).all()) await other.click();
  await expect(page.getByRole("group", { name: "Security groups" })).toContainText("keep their own security groups");
  await launch(page, name);
  expect(addressesOn(await launched(api), network)).toEqual([port.fixed_ips[0].ip_address]);
});

test("a port that goes meanwhile: Nova's refusal is shown at the step, with nothing lost", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const network = await api.createNetwork(unique("net"), "10.76.0.0/24");
  const { port } = await api.call("POST", `${api.network}/ports`, { port: { network_id: network.id, name: unique("port") } });
  await wizard(page, member, api);
  await page.getByText("Existing ports (1)").click();
  const box = page.getByRole("checkbox", { name: `${port.name} on ${network.name}` });
  await box.check();
  await api.forget(`${api.network}/ports/${port.id}`);
  await step(page, "Review");
  await launchButton(page).click();
  await expect(alert(page, new RegExp(`Port id ${port.id} could not be found`))).toBeVisible();
  await step(page, "Networks");
  await expect(alert(page, new RegExp(`Port id ${port.id} could not be found`))).toBeVisible();
  await expect(box).toBeChecked();
  expect(await api.servers()).toEqual([]);
});

test("an address that is taken: Nova's refusal is shown at the step, with nothing lost", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const network = await api.createNetwork(unique("net"), "10.79.0.0/24");
  const { subnets } = await api.call("GET", `${api.network}/subnets?network_id=${network.id}`);
  const fixed_ips = [{ subnet_id: subnets[0].id, ip_address: "10.79.0.50" }];
  await api.call("POST", `${api.network}/ports`, { port: { network_id: network.id, fixed_ips } });
  await wizard(page, member, api);
  await page.getByRole("checkbox", { name: network.name, exact: true }).check();
  const address = page.getByLabel(`Fixed IP on ${network.name}`, { exact: true });
  await address.fill("10.79.0.50");
  await step(page, "Review");
  await launchButton(page).click();
  await expect(alert(page, /10\.79\.0\.50/)).toBeVisible();
  await step(page, "Networks");
  await expect(alert(page, /10\.79\.0\.50/)).toBeVisible();
  await expect(address).toHaveValue("10.79.0.50");
});

test("security groups: default is chosen, rules can be read, equal names are told apart", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const web = unique("web");
  const groups: Json[] = [];
  for (const description of ["one", "two"]) {
    const { security_group } = await api.call("POST", `${api.network}/security-groups`, { security_group: { name: web, description } });
    groups.push(security_group);
  }
  await api.call("POST", `${api.network}/security-group-rules`, {
    security_group_rule: { security_group_id: groups[0]!.id, direction: "ingress", protocol: "tcp", port_range_min: 443, port_range_max: 443, remote_ip_prefix: "203.0.113.0/24" },
  });
  const name = await wizard(page, member, api);
  const box = page.getByRole("group", { name: "Security groups" });
  await expect(box.getByRole("checkbox", { name: "default" })).toBeChecked();
  const twins = box.getByRole("checkbox", { name: web });
  await expect(twins).toHaveCount(2);
  for (const twin of await twins.all()) await expect(twin).toHaveAccessibleDescription(/[0-9a-f-]{36} (one|two)/);
  await box.getByText(`Rules of ${web}`).first().click();
  await box.getByText(`Rules of ${web}`).last().click();
  await expect(box.getByText("In: tcp 443 IPv4 from 203.0.113.0/24")).toBeVisible();
  const meant = groups.find(({ description }) => description === "two")!;
  await twins.nth((await box.getByText(/[0-9a-f-]{36} (one|two)/).allTextContents()).findIndex((text) => text.endsWith("two"))).check();
  await step(page, "Review");
  await expect(page.getByRole("main")).toContainText(`default, ${web}`);
  await step(page, "Networks");
  await launch(page, name);
  const server = await launched(api);
  // The one that was meant, though its name is shared.
  const { ports } = await api.call("GET", `${api.network}/ports?device_id=${server.id}`);
  expect(ports[0].security_groups).toHaveLength(2);
  expect(ports[0].security_groups).toContain(meant.id);
});

test("the step is accessible", async ({ page, member }) => {
  const api = await member.api();
  await api.createNetwork(unique("net"), "10.78.0.0/24");
  await wizard(page, member, api);
  await expect(page.getByRole("group", { name: "Security groups" }).getByRole("checkbox", { name: "default" })).toBeVisible();
  await expectAccessible(page);
});

test("without a network service there is no such step", async ({ page, member }) => {
  await page.route("**/v3/auth/tokens", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json().catch(() => undefined);
    const catalog = body?.token?.catalog as Json[] | undefined;
    if (catalog) body.token.catalog = catalog.filter((entry) => entry.type !== "network");
    await route.fulfill({ response: answer, json: body });
  });
  const image = await (await member.api()).createImage({ name: unique("boot") }, anyQcow2());
  await signIn(page, member, `/launch?image=${image.id}&step=networks`);
  const steps = page.getByRole("navigation", { name: "Steps" }).getByRole("link");
  await expect(steps.filter({ hasText: "Key pair" })).toBeVisible();
  await expect(steps.filter({ hasText: "Networks" })).toHaveCount(0);
  await step(page, "Review");
  await expect(page.getByRole("main")).not.toContainText("Security groups");
});

test("what the cloud says is shown as text and stays in its place", async ({ page, member }) => {
  const api = await member.api();
  const name = `<img src=x onerror="window.hit=1">${"x".repeat(200)}`;
  await api.createNetwork(name, "10.80.0.0/24");
  await api.call("POST", `${api.network}/security-groups`, { security_group: { name: name.slice(0, 250), description: "\u202e<b>bold</b>" } });
  await page.setViewportSize({ width: 390, height: 844 });
  await wizard(page, member, api);
  await page.getByRole("checkbox", { name }).first().check();
  await expect(chosen(page)).toHaveCount(1);
  await expect(page.getByRole("group", { name: "Security groups" })).toContainText("<b>bold</b>");
  expect(await page.evaluate(() => [document.documentElement.scrollWidth <= innerWidth, "hit" in window])).toEqual([true, false]);
});
