// What comes from the cloud or from a file is hostile: markup, links that are scripts, overrides of the writing direction, signs
// without width, and 10 KB without a break, in every field. Nothing of it runs, moves the page or breaks it.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Cloud, Json } from "../support/api.ts";
import { heading, pickFiles, search, signIn, step } from "../support/app.ts";
import { anyQcow2, qcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { test } from "../support/test.ts";

const MARKUP = `<img src=x onerror="window.__hit=1"><script>window.__hit=2</script><a href="javascript:window.__hit=3">go</a>`;
const RTL = "\u202E\u2066gnp.exe\u200B\u200D\uFEFF\u0000".replace("\u0000", "\u2028");
const LONG = "W".repeat(10_000);
const WICKED = `${MARKUP}${RTL}${LONG}`;
/** As much of it as Glance takes for a name or a tag. */
const short = (bytes: number) => `${MARKUP.slice(0, 130)}${RTL}`.padEnd(bytes, "W").slice(0, bytes);

/** Whatever the page says when something goes wrong: nothing of that may be said. */
function troubles(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(`error: ${error}`));
  page.on("dialog", (dialog) => (found.push(`dialog: ${dialog.message()}`), void dialog.dismiss()));
  page.on("request", (request) => /\/x$|javascript:/.test(request.url()) && found.push(`asked for ${request.url()}`));
  page.on("console", (message) => /panicked|Content.Security.Policy/i.test(message.text()) && found.push(message.text()));
  return found;
}

/** That the page holds, wide and narrow: nothing has run, nothing sticks out, and strange writing keeps to its own place. */
async function expectHolds(page: Page, what: string) {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const state = await page.evaluate(() => {
      const isolated = (element: Element) =>
        element.closest("bdi, input, textarea, select, option, pre, [dir=auto], title") !== null ||
        ["isolate", "plaintext", "isolate-override"].includes(getComputedStyle(element).unicodeBidi);
      const loose: string[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        // A block with nothing else in it is a paragraph of its own.
        const isAlone = parent && parent.textContent?.trim() === node.textContent?.trim() && getComputedStyle(parent).display !== "inline";
        if (parent && !isAlone && /[\u202E\u2066]/.test(node.textContent ?? "") && !isolated(parent)) loose.push(parent.outerHTML.slice(0, 200));
      }
      return {
        hit: (window as { __hit?: number }).__hit,
        // What sticks out of the page, innermost.
        wide:
          document.documentElement.scrollWidth > document.documentElement.clientWidth
            ? Array.from(document.querySelectorAll("body *"))
                .filter((it) => it.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !it.firstElementChild)
                .filter((it) => {
                  for (let up = it.parentElement; up; up = up.parentElement) if (getComputedStyle(up).overflowX !== "visible") return false;
                  return true;
                })
                .slice(0, 3)
                .map((it) => `${it.parentElement?.outerHTML.slice(0, 120)} … ${it.outerHTML.slice(0, 60)}`)
            : [],
        images: document.querySelectorAll("img[src=x], script:not([src])").length,
        links: Array.from(document.links).filter((link) => link.protocol === "javascript:").length,
        loose: loose.slice(0, 3),
      };
    });
    expect.soft(state, `${what} at ${width}`).toEqual({ hit: undefined, wide: [], images: 0, links: 0, loose: [] });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** That what turns the direction in a sentence is kept to itself there. */
async function expectIsolated(sentence: Locator) {
  await expect(sentence).toContainText(/\u202E/);
  expect((await sentence.textContent())?.replaceAll(/\u2068[^\u2066-\u2069]*\u2069/g, "")).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
}

/** An image with everything that Glance lets one write. */
async function wicked(api: Cloud, fields: Json = {}): Promise<Json> {
  return api.createImage(
    {
      name: short(255), description: WICKED, os_distro: RTL, os_version: LONG, architecture: MARKUP, hw_disk_bus: WICKED,
      [short(255)]: WICKED, [`${RTL}key`]: RTL, "javascript:window.__hit=4": "javascript:window.__hit=5",
      tags: [short(255), RTL, "javascript:window.__hit=6"], ...fields,
    },
    anyQcow2(),
  );
}

/** What Glance would bound or never send: the same, written into its answers on the way. */
async function poison(page: Page, id: string) {
  const bad = {
    name: WICKED, owner: WICKED, status: "active", disk_format: `${MARKUP}${RTL}`, container_format: WICKED, checksum: WICKED, os_hash_algo: WICKED,
    os_hash_value: WICKED, visibility: `${RTL}odd`, tags: Array.from({ length: 40 }, (_, at) => `${at}${WICKED.slice(0, 2_000)}`), stores: WICKED,
    created_at: WICKED, updated_at: "2026-01-01T00:00:00Z", size: 9e15, virtual_size: 9e15, min_disk: 9e15, min_ram: 9e15, direct_url: "javascript:1",
    locations: [{ url: "javascript:window.__hit=7", metadata: { a: WICKED } }], os_glance_failed_import: WICKED,
  };
  await page.route(/\/v2\/images(\/[^/?]+)?(\?.*)?$/, async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const response = await route.fetch();
    if (!response.ok()) return route.fulfill({ response });
    const answer = await response.json();
    for (const image of answer.images ?? [answer]) if (image.id === id) Object.assign(image, bad);
    await route.fulfill({ json: answer });
  });
  await page.route(`**/v2/images/${id}/tasks`, (route) => {
    const task = { id: WICKED, type: WICKED, status: WICKED, message: WICKED, image_id: id, created_at: WICKED, updated_at: WICKED, owner: WICKED };
    return route.fulfill({ json: { tasks: [task, { ...task, status: "failure" }] } });
  });
  await page.route(`**/v2/images/${id}/members`, (route) =>
    route.fulfill({ json: { members: [{ member_id: WICKED, image_id: id, status: WICKED, created_at: WICKED, updated_at: WICKED }] } }),
  );
}

/** Every page of one image. */
async function walk(page: Page, id: string) {
  for (const tab of ["overview", "properties", "sharing", "fits", "used-by", "history"]) {
    await page.goto(`/images/${id}?tab=${tab}`);
    await expect(page.getByRole("tabpanel").first()).toBeVisible();
    await page.waitForLoadState("networkidle");
    await page.getByRole("main").evaluate((main) => main.querySelectorAll("details").forEach((it) => (it.open = true)));
    await expectHolds(page, tab);
  }
  for (const form of ["edit", "metadata"]) {
    await page.goto(`/images/${id}/${form}`);
    await expect(page.getByRole("button", { name: "Save changes" })).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expectHolds(page, form);
  }
}

test("an image with hostile words in all its fields, on every page", async ({ page, account }) => {
  test.slow();
  const found = troubles(page);
  const boss = await account("admin");
  const image = await wicked(await boss.api());
  await signIn(page, boss);
  await search(page, image.id);
  await expect(page.getByRole("table", { name: "Images" }).getByRole("link").first()).toBeVisible();
  await page.getByRole("table", { name: "Images" }).getByRole("button", { name: /^Details of/ }).first().click();
  await expectHolds(page, "list");
  await page.getByRole("checkbox", { name: /^Select / }).last().check();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expectHolds(page, "batch dialog");
  await page.keyboard.press("Escape");
  await walk(page, image.id);
  await page.goto(`/launch?image=${image.id}`);
  await expect(heading(page, "Launch instance")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expectHolds(page, "launch");
  expect(found).toEqual([]);
});

test("answers that no Glance should give, on every page", async ({ page, account }) => {
  test.slow();
  const found = troubles(page);
  const boss = await account("admin");
  const image = await wicked(await boss.api());
  await poison(page, image.id);
  await signIn(page, boss, `/images?q=${image.id}`);
  await search(page, image.id);
  await expect(page.getByRole("table", { name: "Images" }).getByRole("link").first()).toBeVisible();
  await expectHolds(page, "list");
  await walk(page, image.id);
  expect(found).toEqual([]);
});

test("an offer, projects and metadata definitions with hostile words", async ({ page, member, account, steward }) => {
  const found = troubles(page);
  const giver = await account("member", await steward.project(`<b>${RTL}`));
  const image = await wicked(await giver.api(), { visibility: "shared" });
  const given = await giver.api();
  await given.call("POST", `${given.image}/images/${image.id}/members`, { member: member.project.id });
  const bad = { namespace: "OS::Wicked", display_name: WICKED, description: WICKED, visibility: "public", resource_type_associations: [{ name: "OS::Glance::Image" }] };
  await page.route("**/v2/metadefs/namespaces?*", (route) => route.fulfill({ json: { namespaces: [bad] } }));
  await page.route("**/v2/metadefs/namespaces/*", (route) =>
    route.fulfill({
      json: { ...bad, properties: { [short(80)]: { title: WICKED, description: WICKED, type: "string", enum: [WICKED, MARKUP] }, wicked_text: { title: MARKUP, description: RTL, type: "string", default: WICKED } } },
    }),
  );
  await signIn(page, member, "/images?tab=shared");
  await expect(page.getByRole("button", { name: /^Accept / }).first()).toBeVisible();
  await expectHolds(page, "offers");
  await page.goto(`/images/${image.id}?tab=sharing`);
  await expect(page.getByRole("tabpanel").getByRole("button", { name: "Accept", exact: true })).toBeVisible();
  await expectHolds(page, "offer");
  await page.getByRole("tabpanel").getByRole("button", { name: "Accept", exact: true }).click();
  await page.getByRole("tabpanel").getByRole("button", { name: "Leave", exact: true }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectHolds(page, "leaving");
  await page.keyboard.press("Escape");
  await page.goto("/images/new");
  await page.getByText("Advanced", { exact: true }).click();
  await page.getByText("Metadata", { exact: true }).click();
  await page.waitForLoadState("networkidle");
  await expectHolds(page, "definitions");
  expect(found).toEqual([]);
});

test("the gallery, an address, a file's name, refusals, the tray and messages", async ({ page, member, temporary }) => {
  test.slow();
  const found = troubles(page);
  const entry = { name: MARKUP + RTL, version: RTL, architecture: LONG, url: `https://h.example/${LONG}.qcow2`, format: "qcow2", properties: { [short(60)]: WICKED }, notes: WICKED };
  await page.route("**/gallery.json", (route) => route.fulfill({ json: { images: [entry, { ...entry, url: "javascript:window.__hit=8" }] } }));
  await signIn(page, member, "/images/new");
  await page.getByRole("radio", { name: "Ready-made", exact: true }).check();
  await expectHolds(page, "gallery");
  const use = page.getByRole("button", { name: /^Use / }).first();
  if (await use.isVisible()) await use.click();
  await expectHolds(page, "gallery chosen");
  await page.getByRole("radio", { name: "URL", exact: true }).check();
  await page.getByLabel("Image URL", { exact: true }).fill("javascript:window.__hit=9");
  await page.getByLabel("Image URL", { exact: true }).blur();
  await expectHolds(page, "address");

  // A file whose name is markup, refused by the cloud with a page of it.
  await page.getByRole("radio", { name: "File", exact: true }).check();
  const { copyFileSync } = await import("node:fs");
  const { join, dirname } = await import("node:path");
  const disk = temporary(qcow2());
  const odd = temporary(join(dirname(disk), `<img src=x onerror=window.__hit=10>${RTL}.qcow2`.replaceAll("/", "")));
  copyFileSync(disk, odd);
  await pickFiles(page, odd);
  await expect(page.getByLabel("Format", { exact: true })).toHaveValue("qcow2");
  await page.getByLabel("Image name", { exact: true }).fill(short(255));
  await page.getByLabel("Description", { exact: true }).fill(short(255));
  await page.getByText("Show the command", { exact: true }).click();
  await expectHolds(page, "create");
  const refusal = { status: 409, contentType: "text/html", headers: { "x-openstack-request-id": WICKED.slice(0, 900).replace(/[^\x20-\x7e]/g, "") }, body: `<html><head><title>${MARKUP}</title></head><body>${WICKED}</body></html>` };
  await page.route("**/v2/images", (route) => (route.request().method() === "POST" ? route.fulfill(refusal) : route.fallback()));
  await page.getByRole("button", { name: "Create image", exact: true }).click();
  await expect(page.getByRole("main").getByRole("alert").first()).toBeVisible();
  await expectHolds(page, "refused record");
  await page.unroute("**/v2/images");
  await page.route("**/v2/images/*/file", (route) => route.fulfill({ ...refusal, status: 413 }));
  await page.getByRole("button", { name: "Create image", exact: true }).click();
  await expect(page.getByRole("region", { name: "Uploads" }).getByRole("button", { name: "Retry" })).toBeVisible();
  await expectHolds(page, "tray");

  expect(found).toEqual([]);
});

test("messages and sentences with hostile names keep their own direction", async ({ page, account, steward }) => {
  const found = troubles(page);
  const boss = await account("admin");
  const api = await boss.api();
  const image = await api.createImage({ name: short(255), visibility: "shared", min_disk: 0 });
  const friend = await account("member", await steward.project(`friend${RTL}`));
  await api.call("POST", `${api.image}/images/${image.id}/members`, { member: friend.project.id });
  await signIn(page, boss, `/images/${image.id}`);
  const messages = page.getByRole("region", { name: "Messages" });
  // One that it worked, and one that it did not, which carries what the cloud says.
  await page.getByRole("main").getByRole("button", { name: "Protect", exact: true }).click();
  await expectIsolated(messages.getByRole("status").filter({ hasText: "is protected now" }));
  const refusal = { status: 409, contentType: "text/html", body: `<html><head><title>${MARKUP}</title></head><body>${WICKED}</body></html>` };
  await page.route(`**/v2/images/${image.id}`, (route) => (route.request().method() === "PATCH" ? route.fulfill(refusal) : route.fallback()));
  await page.getByRole("main").getByRole("button", { name: "Lift protection", exact: true }).click();
  await expect(messages.getByRole("alert")).toBeVisible();
  await expectIsolated(messages.getByRole("alert").getByRole("paragraph").first());
  await expectHolds(page, "messages");

  // What saving would do, by the names of projects and flavors.
  await page.route(/\/flavors\/detail/, async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    for (const flavor of answer.flavors) flavor.name = `${flavor.name}${RTL}`;
    await route.fulfill({ response, json: answer });
  });
  await page.goto(`/images/${image.id}/edit`);
  await page.getByRole("radio", { name: "Private" }).check();
  await expectIsolated(page.getByText(/These projects lose access/));
  await page.getByLabel("Minimum RAM (MB)", { exact: true }).fill("1024");
  await expectIsolated(page.getByText(/m1\.tiny/).first());
  await expectHolds(page, "effects");
  expect(found).toEqual([]);
});

test("flavors, networks, key pairs, volumes, stores and imports with hostile words", async ({ page, account }) => {
  test.slow();
  const found = troubles(page);
  const boss = await account("admin");
  const api = await boss.api();
  const image = await wicked(api);
  await api.createNetwork(unique("net"), "10.82.0.0/24");
  // Names that the demo cloud would refuse, or has none of: put into its answers.
  const rename = async (pattern: RegExp, list: string, change: (row: Json) => void) =>
    page.route(pattern, async (route) => {
      if (route.request().method() !== "GET") return route.fallback();
      const response = await route.fetch();
      if (!response.ok()) return route.fulfill({ response });
      const answer = await response.json();
      for (const row of answer[list] ?? []) change(row);
      await route.fulfill({ response, json: answer });
    });
  await rename(/\/flavors\/detail/, "flavors", (flavor) => Object.assign(flavor, { name: `${flavor.name}${WICKED}`, extra_specs: { [WICKED]: WICKED, "hw:cpu_policy": RTL } }));
  await rename(/\/v2\.0\/networks/, "networks", (network) => Object.assign(network, { name: WICKED, description: WICKED }));
  await rename(/\/v2\.0\/subnets/, "subnets", (subnet) => Object.assign(subnet, { name: WICKED, cidr: WICKED }));
  await rename(/\/v2\.0\/security-groups/, "security_groups", (group) => Object.assign(group, { name: WICKED, description: WICKED }));
  const pair = { keypair: { name: WICKED, fingerprint: WICKED, public_key: `ssh-rsa ${WICKED}`, type: "ssh" } };
  await page.route(/\/os-keypairs(\?|$)/, (route) => route.fulfill({ json: { keypairs: [pair] } }));
  const volume = {
    id: "6f1e2d3c-0000-4000-8000-000000000002", name: WICKED, description: WICKED, status: "available", size: 9_000_000, bootable: "true",
    volume_type: WICKED, availability_zone: WICKED, volume_image_metadata: { image_name: WICKED, os_distro: WICKED }, attachments: [], metadata: { [WICKED]: WICKED },
  };
  await page.route(/\/volumes\/detail/, (route) => route.fulfill({ json: { volumes: [volume] } }));
  await page.route(/\/v2\/info\/stores/, (route) => route.fulfill({ json: { stores: [{ id: WICKED, description: WICKED, default: "true" }, { id: RTL, description: RTL }] } }));
  await page.route(`**/v2/images/${image.id}/tasks`, (route) => {
    const method = { name: "web-download", uri: `https://h.example/${RTL}${MARKUP}` };
    const input = { import_req: { method, stores: [WICKED] } };
    const task = { id: WICKED, type: WICKED, status: "failure", message: WICKED, image_id: image.id, created_at: WICKED, updated_at: WICKED, request_id: WICKED, input };
    return route.fulfill({ json: { tasks: [task, { ...task, id: "other", status: "processing", message: `Copied ${RTL} MiB` }] } });
  });

  await signIn(page, boss, `/images/${image.id}?tab=history`);
  await expect(page.getByRole("list", { name: "Imports" }).getByRole("listitem").first()).toBeVisible();
  await expectHolds(page, "history");
  for (const tab of ["overview", "fits"]) {
    await page.goto(`/images/${image.id}?tab=${tab}`);
    await expect(page.getByRole("tabpanel").first()).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expectHolds(page, tab);
  }
  await page.goto(`/launch?image=${image.id}`);
  await expect(heading(page, "Launch instance")).toBeVisible();
  for (const name of ["Flavor", "Networks", "Key pair", "Review"]) {
    await step(page, name);
    await page.waitForLoadState("networkidle");
    await expectHolds(page, `launch, ${name}`);
  }
  await page.goto("/launch?step=source&source=volume");
  await expect(heading(page, "Launch instance")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expectHolds(page, "volumes");
  await page.goto("/images/new");
  await page.getByText("Advanced", { exact: true }).click();
  await page.waitForLoadState("networkidle");
  await expectHolds(page, "stores");
  expect(found).toEqual([]);
});

test("instances with hostile words", async ({ page, member }) => {
  const found = troubles(page);
  const server = {
    id: "6f1e2d3c-0000-4000-8000-000000000001", name: WICKED, status: WICKED, tenant_id: member.project.id, user_id: WICKED, created: WICKED, updated: WICKED,
    flavor: { original_name: WICKED, ram: 9e15, vcpus: 9e9, disk: 9e15 }, image: { id: WICKED }, key_name: WICKED, metadata: { [short(80)]: WICKED },
    addresses: { [WICKED]: [{ addr: WICKED, version: 4 }] }, fault: { code: 500, message: WICKED, details: WICKED, created: WICKED },
    "OS-EXT-STS:task_state": WICKED, "OS-EXT-STS:vm_state": WICKED, "OS-EXT-STS:power_state": 99, "OS-EXT-AZ:availability_zone": WICKED, "os-extended-volumes:volumes_attached": [],
  };
  await page.route(/\/servers\/detail/, (route) => route.fulfill({ json: { servers: [server] } }));
  await page.route(new RegExp(`/servers/${server.id}$`), (route) => route.fulfill({ json: { server } }));
  await page.route(new RegExp(`/servers/${server.id}/action$`), (route) => route.fulfill({ json: { output: `${WICKED}\u001b[31m\n` } }));
  await signIn(page, member, "/instances");
  await expect(page.getByRole("main").getByRole("link").first()).toBeVisible();
  await expectHolds(page, "instances");
  await page.goto(`/instances/${server.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expectHolds(page, "instance");
  expect(found).toEqual([]);
});
