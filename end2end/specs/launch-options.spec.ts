// The wizard's steps "Key pair", "Configuration", "Server group", "Scheduler hints" and "Metadata".
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { alert, expectAccessible, expectHeld, expectRefused, heading, holdBack, signIn, step } from "../support/app.ts";
import type { Cloud } from "../support/api.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test, type Account } from "../support/test.ts";

const PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIACWMT2kD0qYJRcpFQZJIf8x4S7tKNjGh9M+XaGJuMUC alice@laptop";
const launchButton = (page: Page) => page.getByRole("button", { name: "Launch instance", exact: true });
const dialog = (page: Page, name: string | RegExp) => page.getByRole("dialog", { name });

/** The wizard at a step, with a name, an image and a flavor. */
async function wizard(page: Page, member: Account, at: string) {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  const network = await api.createNetwork(unique("net"), "10.81.0.0/24");
  const name = unique("server");
  await signIn(page, member, `/launch?image=${image.id}&networks=${network.id}`);
  await expect(heading(page, "Launch instance")).toBeVisible();
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill(name);
  await step(page, "Flavor");
  await page.getByRole("radio", { name: "m1.tiny", exact: true }).check();
  await step(page, at);
  return { api, name };
}

/** Launches, and gives the server as Nova has it. */
async function launched(page: Page, api: Cloud, name: string) {
  await step(page, "Review");
  await launchButton(page).click();
  await expect(heading(page, name)).toBeVisible();
  await expect.poll(async () => (await api.servers())[0]?.name).toBe(name);
  return (await api.servers())[0]!;
}

test("a key pair is made, its private half shown once, downloaded and then gone", { tag: "@cloud" }, async ({ page, member }) => {
  const { api, name } = await wizard(page, member, "Key pair");
  const key = unique("made");
  await page.getByRole("button", { name: "Create key pair" }).click();
  const making = dialog(page, "Create key pair");
  await making.getByLabel("Key pair name").fill("a/b");
  await making.getByRole("button", { name: "Create key pair" }).click();
  await expect(making.getByLabel("Key pair name")).toHaveAccessibleDescription(/Nova refuses “\/” in a name/);
  await making.getByLabel("Key pair name").fill(key);
  await page.keyboard.press("Enter");
  const made = dialog(page, `Private key of ${key}`);
  const text = (await made.getByRole("region", { name: "Private key" }).textContent())!;
  expect(text).toContain("PRIVATE KEY-----");
  // Not away by accident.
  await page.keyboard.press("Escape");
  await expect(alert(made, /neither copied nor downloaded/)).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent("download"), made.getByRole("button", { name: `Download ${key}.pem` }).click()]);
  expect(download.suggestedFilename()).toBe(`${key}.pem`);
  expect(readFileSync((await download.path())!, "utf8").trim()).toBe(text.trim());
  await made.getByRole("button", { name: "Done" }).click();
  await expect(made).toHaveCount(0);
  await expect(page.getByRole("radio", { name: key })).toBeChecked();
  const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, location.href, document.body.innerHTML]));
  expect(kept).not.toContain("PRIVATE KEY");
  expect((await launched(page, api, name)).key_name).toBe(key);
});

for (const verb of ["Create", "Import"]) {
  test(`${verb} key pair: the name can't be changed while it is sent`, async ({ page, member }) => {
    await wizard(page, member, "Key pair");
    await page.getByRole("button", { name: `${verb} key pair` }).click();
    const form = dialog(page, `${verb} key pair`);
    const name = form.getByLabel("Key pair name");
    const key = unique("held");
    if (verb === "Import") await form.getByLabel("Public key", { exact: true }).fill(PUBLIC);
    await name.fill(key);
    const release = await holdBack(page, "**/os-keypairs", (request) => request.method() === "POST");
    await name.press("Enter");
    await expectHeld(page, form, name);
    await expect(name).toHaveValue(key);
    release();
    await expect(form).toHaveCount(0);
  });
}

test("a key pair is imported from text or a file, and told what it is", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const { api, name } = await wizard(page, member, "Key pair");
  await page.getByRole("button", { name: "Import key pair" }).click();
  const form = dialog(page, "Import key pair");
  const key = form.getByLabel("Public key", { exact: true });
  await key.fill("-----BEGIN OPENSSH PRIVATE KEY-----\nx");
  await expect(key).toHaveAccessibleDescription(/This is a private key: keep it to yourself/);
  await key.fill("ssh-rsa nope");
  await key.blur();
  await expect(key).toHaveAccessibleDescription(/not a whole public key/);
  await form.locator("input[type=file]").setInputFiles({ name: "laptop.pub", mimeType: "text/plain", buffer: Buffer.from(`${PUBLIC}\n`) });
  await expect(key).toHaveAccessibleDescription("An SSH key: ssh-ed25519");
  await expect(form.getByLabel("Key pair name")).toHaveValue("laptop");
  const own = unique("taken");
  await form.getByLabel("Key pair name").fill(own);
  await form.getByRole("button", { name: "Import key pair" }).click();
  await expect(form).toHaveCount(0);
  await expect(page.getByRole("radio", { name: own })).toBeChecked();
  expect((await launched(page, api, name)).key_name).toBe(own);
});

test("a key pair that is gone is Nova's refusal at its step", { tag: "@cloud" }, async ({ page, member }) => {
  const { api } = await wizard(page, member, "Key pair");
  await api.call("POST", `${api.compute}/os-keypairs`, { keypair: { name: "short-lived", public_key: PUBLIC } });
  await page.reload();
  await page.getByRole("radio", { name: "short-lived" }).check();
  await api.forget(`${api.compute}/os-keypairs/short-lived`);
  await step(page, "Review");
  await launchButton(page).click();
  await expect(alert(page, /Invalid key_name provided/)).toBeVisible();
  await step(page, "Key pair");
  await expect(alert(page, /Invalid key_name provided/)).toBeVisible();
  await expect(page.getByRole("radio", { name: "short-lived" })).toBeChecked();
});

test("an only key pair is chosen already, and none is a choice that is kept", { tag: "@cloud" }, async ({ page, member }) => {
  const { api, name } = await wizard(page, member, "Key pair");
  const radio = (key: string) => page.getByRole("radio", { name: key, exact: true });
  const make = (key: string) => api.call("POST", `${api.compute}/os-keypairs`, { keypair: { name: key, public_key: PUBLIC } });
  await expect(radio("No key pair")).toBeChecked();
  const unchosen = page.url();
  await make("only");
  await page.reload();
  await expect(radio("only")).toBeChecked();
  await radio("No key pair").check();
  await page.reload();
  await expect(radio("only")).toBeVisible();
  await expect(radio("No key pair")).toBeChecked();
  // One of two is not for the wizard to choose.
  await make("second");
  await page.goto(unchosen);
  await expect(radio("second")).toBeVisible();
  await expect(radio("No key pair")).toBeChecked();
  await api.forget(`${api.compute}/os-keypairs/second`);
  await page.reload();
  await expect(radio("only")).toBeChecked();
  expect((await launched(page, api, name)).key_name).toBe("only");
});

test("nothing is launched before the cloud has said whether there is only one key pair", async ({ page, member }) => {
  const { api, name } = await wizard(page, member, "Key pair");
  await api.call("POST", `${api.compute}/os-keypairs`, { keypair: { name: "only", public_key: PUBLIC } });
  const release = await holdBack(page, /\/os-keypairs(\?|$)/);
  await page.reload();
  await step(page, "Review");
  await expectRefused(launchButton(page), "Your key pairs are still being listed.");
  release();
  expect((await launched(page, api, name)).key_name).toBe("only");
});

test("user data is counted in base64, kept over a reload, and sent byte for byte", { tag: "@cloud" }, async ({ page, member, admin }) => {
  const { api, name } = await wizard(page, member, "Configuration");
  const data = page.getByRole("textbox", { name: "User data" });
  await data.fill("#!/bin/sh\necho 密\n");
  await expect(data).toHaveAccessibleDescription(/28 of 65,535 bytes after base64/);
  await page.getByRole("checkbox", { name: "Configuration drive" }).check();
  await page.getByLabel("Disk partition").selectOption("Manual");
  await page.reload();
  await expect(data).toHaveValue("#!/bin/sh\necho 密\n");
  await step(page, "Review");
  await expect(page.getByRole("main")).toContainText("28 of 65,535 bytes after base64");
  const server = await launched(page, api, name);
  expect(server.config_drive).toBe("True");
  const seen = await admin.call("GET", `${admin.compute}/servers/${server.id}`, undefined, { "OpenStack-API-Version": "compute 2.3" });
  expect(Buffer.from(seen.server["OS-EXT-SRV-ATTR:user_data"], "base64").toString()).toBe("#!/bin/sh\necho 密\n");
});

test("too much user data is told before Nova refuses it, and loses nothing", { tag: "@cloud" }, async ({ page, member }) => {
  await wizard(page, member, "Configuration");
  const data = page.getByRole("textbox", { name: "User data" });
  await data.fill("x".repeat(49_150));
  await expect(data).toHaveAccessibleDescription(/longer than Nova takes/);
  await step(page, "Review");
  await launchButton(page).click();
  await expect(alert(page, /Configuration: The user data is longer than Nova takes/)).toBeVisible();
  await expect(data).toHaveValue("x".repeat(49_150));
  await data.fill("x".repeat(49_149));
  await expect(data).toHaveAccessibleDescription(/65,532 of 65,535/);
});

test("a binary file can be the user data; one that is too large changes nothing", { tag: "@cloud" }, async ({ page, member, admin }) => {
  const { api, name } = await wizard(page, member, "Configuration");
  const bytes = Buffer.from([0, 255, 254, 13, 10, 0]);
  const picker = page.getByLabel("User data file");
  await picker.setInputFiles({ name: "boot.gz", mimeType: "application/gzip", buffer: bytes });
  await expect(page.getByRole("main")).toContainText("The file boot.gz (6 B) is the user data");
  await picker.setInputFiles({ name: "big.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(70_000) });
  await expect(alert(page, /big\.bin is larger than the 49,149 bytes/)).toBeVisible();
  await expect(page.getByRole("main")).toContainText("The file boot.gz (6 B) is the user data");
  const server = await launched(page, api, name);
  const seen = await admin.call("GET", `${admin.compute}/servers/${server.id}`, undefined, { "OpenStack-API-Version": "compute 2.3" });
  expect(Buffer.from(seen.server["OS-EXT-SRV-ATTR:user_data"], "base64")).toEqual(bytes);
});

test("a server group, hints and metadata go with the launch", { tag: "@cloud" }, async ({ page, member }) => {
  const own = await member.api();
  const { server_group } = await own.call("POST", `${own.compute}/os-server-groups`, { server_group: { name: unique("apart"), policies: ["anti-affinity"] } });
  const { api, name } = await wizard(page, member, "Server group");
  const group = page.getByRole("radio", { name: server_group.name });
  await expect(group).toHaveAccessibleDescription(/anti-affinity: on different hosts, or not at all/);
  await group.check();

  await step(page, "Scheduler hints");
  await page.getByRole("button", { name: "Add hint" }).click();
  await page.getByLabel("Key 1").fill("group");
  await page.getByLabel("Value 1").fill("x");
  await page.getByRole("button", { name: "Add hint" }).focus();
  await expect(page.getByLabel("Key 1")).toHaveAccessibleDescription(/step “Server group”/);
  await page.getByLabel("Key 1").fill("own");
  await expect(page.getByLabel("Key 1")).not.toHaveAttribute("aria-invalid", "true");

  await step(page, "Metadata");
  await page.getByRole("button", { name: "Add metadata" }).click();
  await page.getByLabel("Key 1").fill("role");
  await page.keyboard.press("Tab");
  await page.keyboard.type("web");
  await page.getByRole("button", { name: "Add metadata" }).click();
  await page.getByLabel("Key 2").fill("a/b");
  await page.getByLabel("Value 2").fill("v");
  await page.getByRole("button", { name: "Add metadata" }).focus();
  await expect(page.getByLabel("Key 2")).toHaveAccessibleDescription(/Nova refuses “\/” in a key/);
  await page.reload();
  await expect(page.getByLabel("Value 1")).toHaveValue("web");
  await page.getByRole("button", { name: "Remove row 2" }).click();
  await step(page, "Review");
  for (const text of [server_group.name, "own=x", "role=web"]) await expect(page.getByRole("main")).toContainText(text);
  const server = await launched(page, api, name);
  expect(server.metadata).toEqual({ role: "web" });
  const { server_group: after } = await api.call("GET", `${api.compute}/os-server-groups/${server_group.id}`);
  expect(after.members).toContain(server.id);
});

test("more metadata than the project may have is told", { tag: "@cloud" }, async ({ page, member, steward, project }) => {
  await steward.setQuota(project, { metadata_items: 1 });
  await wizard(page, member, "Metadata");
  await expect(page.getByRole("main")).toContainText("0 of 1");
  for (const row of [1, 2]) {
    await page.getByRole("button", { name: "Add metadata" }).click();
    await page.getByLabel(`Key ${row}`).fill(`k${row}`);
  }
  await step(page, "Review");
  await launchButton(page).click();
  await expect(alert(page, /Metadata: More than the 1 that your project may have/)).toBeVisible();
});

test("each step is accessible", async ({ page, member }) => {
  await wizard(page, member, "Key pair");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Import key pair" }).click();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  for (const name of ["Configuration", "Server group", "Scheduler hints", "Metadata"]) {
    await step(page, name);
    await expect(page.getByRole("heading", { name, level: 2 })).toBeVisible();
    for (const add of await page.getByRole("button", { name: /^Add / }).all()) await add.click();
    await expectAccessible(page);
  }
});
