// What Nova refuses although the wizard saw no reason: shown at the step that it concerns, with nothing lost.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Cloud, Json } from "../support/api.ts";
import { alert, heading, signIn, step } from "../support/app.ts";
import { here } from "../support/env.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique, type Steward } from "../support/tenant.ts";
import { expect, test, type Account } from "../support/test.ts";

const flavor = (page: Page, name: string) => page.getByRole("radio", { name, exact: true });
const launchButton = (page: Page) => page.getByRole("button", { name: "Launch instance", exact: true });
const stepLink = (page: Page, name: string) => page.getByRole("navigation", { name: "Steps" }).getByRole("link", { name: new RegExp(`^${name}\\b`) });

/** A wizard that lacks nothing, on its last step. */
async function complete(page: Page, member: Account, chosen = "m1.small") {
  const api = await member.api();
  const image = await api.createImage({ name: unique("boot") }, anyQcow2());
  await signIn(page, member, `/launch?image=${image.id}`);
  await expect(heading(page, "Launch instance")).toBeVisible();
  await page.getByLabel("Instance name", { exact: true }).fill("kept-name");
  await page.getByLabel("Description", { exact: true }).fill("kept words");
  await step(page, "Flavor");
  await flavor(page, chosen).check();
  await step(page, "Review");
  return { api, image };
}

/** The refusal stands at its step and on the last one, and every choice is still there. */
async function expectRefusedAt(page: Page, where: string, words: string | RegExp, chosen = "m1.small") {
  await expect(alert(page, words)).toBeVisible();
  if (where !== "Review") {
    await expect(stepLink(page, where)).toHaveAccessibleName(/refused by the cloud/);
    await stepLink(page, where).click();
    await expect(alert(page, words)).toBeVisible();
  }
  await step(page, "Details");
  await expect(page.getByLabel("Instance name", { exact: true })).toHaveValue("kept-name");
  await expect(page.getByLabel("Description", { exact: true })).toHaveValue("kept words");
  await step(page, "Flavor");
  await expect(flavor(page, chosen)).toBeChecked();
}

test("each recorded refusal is shown where it belongs, and nothing is lost", async ({ page, member }) => {
  const recorded = recordedRefusals();
  expect(recorded.length).toBeGreaterThan(15);
  await complete(page, member);
  for (const { name, status, body, message } of recorded) {
    await page.route("**/v2.1/servers", async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      await route.fulfill({ status, json: body, headers: { "x-openstack-request-id": "req-recorded" } });
    });
    await step(page, "Review");
    await launchButton(page).click();
    await test.step(name, () => expectRefusedAt(page, stepOf(name), message.slice(0, 80)));
    await page.unroute("**/v2.1/servers");
  }
});

/** By the recording's name: the step that a person would look at. */
function stepOf(name: string): string {
  const table: [RegExp, string][] = [
    [/by-reader/, "Review"],
    [/name-too-long|quota-instances|zone/, "Details"],
    [/flavor|quota/, "Flavor"],
    [/image/, "Source"],
    [/network/, "Networks"],
    [/keypair/, "Key pair"],
  ];
  return table.find(([pattern]) => pattern.test(name))?.[1] ?? "Review";
}

function recordedRefusals() {
  const folder = join(here, "..", "demo", "tests", "transcripts");
  const names = readdirSync(folder).filter((name) => /^2[4-7]\d-server-create-/.test(name));
  const all = names.sort().map((name) => ({ name, ...(JSON.parse(readFileSync(join(folder, name), "utf8")) as Json) }));
  return all
    .filter((one: Json) => one.status >= 400)
    .map((one: Json) => {
      const body = one.response_body as Json;
      return { name: one.name as string, status: one.status as number, body, message: Object.values(body)[0].message as string };
    });
}

interface World {
  api: Cloud;
  image: Json;
  member: Account;
  steward: Steward;
}

/** What changes between the wizard's reading and the launch, what Nova then says, and where. */
const BEHIND_THE_BACK: { what: string; where: string; words: RegExp; change(world: World): Promise<unknown> }[] = [
  {
    what: "the image's minimum RAM rises",
    where: "Flavor",
    words: /memory is too small/,
    change: ({ api, image }) => api.patchImage(image.id, [{ op: "replace", path: "/min_ram", value: 4096 }]),
  },
  {
    what: "the image's minimum disk rises",
    where: "Flavor",
    words: /smaller than the minimum size specified in image metadata/,
    change: ({ api, image }) => api.patchImage(image.id, [{ op: "replace", path: "/min_disk", value: 50 }]),
  },
  {
    what: "the image is deleted",
    where: "Source",
    words: /Can not find requested image/,
    change: ({ api, image }) => api.forget(`${api.image}/images/${image.id}`),
  },
  {
    what: "the image is taken out of use",
    where: "Source",
    words: /is not active/,
    change: ({ api, image }) => api.raw("POST", `${api.image}/images/${image.id}/actions/deactivate`),
  },
  {
    what: "the quota of vCPUs falls",
    where: "Flavor",
    words: /Quota exceeded for cores/,
    change: ({ steward, member }) => steward.setQuota(member.project, { cores: 0 }),
  },
  {
    what: "the quota of instances falls",
    where: "Details",
    words: /Quota exceeded for instances/,
    change: ({ steward, member }) => steward.setQuota(member.project, { instances: 0 }),
  },
];

for (const { what, where, words, change } of BEHIND_THE_BACK) {
  test(`a launch after ${what}: refused at “${where}”`, { tag: "@cloud" }, async ({ page, member, steward }) => {
    const { api, image } = await complete(page, member);
    await change({ api, image, member, steward });
    await launchButton(page).click();
    await expectRefusedAt(page, where, words);
    expect(await api.servers()).toEqual([]);
  });
}

test("a second network that appears meanwhile: refused at “Networks”", { tag: "@cloud" }, async ({ page, member }) => {
  const { api } = await complete(page, member);
  await page.route("**/v2.1/servers", async (route) => {
    // As somebody has it who chose none while there was only one.
    const request = route.request();
    if (request.method() !== "POST") return route.fallback();
    const body = request.postDataJSON() as Json;
    delete body.server.networks;
    await route.continue({ postData: JSON.stringify(body), headers: { ...request.headers(), "openstack-api-version": "compute 2.19" } });
  });
  await api.createNetwork(unique("second"), "10.78.0.0/24");
  await launchButton(page).click();
  await expectRefusedAt(page, "Networks", /Multiple possible networks found/);
});

test("a flavor that is deleted meanwhile: refused at “Flavor”", { tag: "@cloud" }, async ({ page, member, admin }) => {
  const name = unique("short-lived");
  const { flavor: made } = await admin.call("POST", `${admin.compute}/flavors`, { flavor: { name, ram: 512, vcpus: 1, disk: 1 } });
  try {
    await complete(page, member, name);
    await admin.forget(`${admin.compute}/flavors/${made.id}`);
    await launchButton(page).click();
    await expectRefusedAt(page, "Flavor", /could not be found/, name);
  } finally {
    await admin.forget(`${admin.compute}/flavors/${made.id}`);
  }
});
