// A cloud whose catalog lacks services: what needs them is not there, or says why it can't be done.
import { expect, testOn, testWith } from "../support/another.ts";
import { expectRefused, heading, navigation, rowAction, search, signIn, step } from "../support/app.ts";

const quinn = { user: "quinn", password: "password" };
const alice = { user: "alice", password: "password" };
const quiet = { refused: [], errors: [] };

const small = testOn("--without", "cinder,neutron");

small("without volumes and networks an instance is launched all the same", async ({ page, watch }) => {
  // In quinn's project there is one network only, which Nova takes unasked.
  await signIn(page, quinn, "/launch");
  const steps = page.getByRole("navigation", { name: "Steps" });
  await expect(steps.getByRole("link", { name: /^Flavor/ })).toBeVisible();
  await expect(steps.getByRole("link", { name: /^Networks/ })).toHaveCount(0);
  await page.getByLabel("Instance name", { exact: true }).fill("plain");
  await step(page, "Source");
  await expect(page.getByLabel("Boot source", { exact: true }).getByRole("option")).toHaveText(["Image", "Instance snapshot"]);
  await expect(page.getByRole("checkbox", { name: "Create new volume" })).toHaveCount(0);
  await page.getByRole("radio", { name: "cirros-tiny", exact: true }).check();
  await step(page, "Flavor");
  await expectRefused(page.getByRole("radio", { name: "c1.micro", exact: true }), /Has no disk of its own/);
  await page.getByRole("radio", { name: "m1.tiny", exact: true }).check();
  await step(page, "Review");
  await page.getByRole("button", { name: "Launch instance", exact: true }).click();
  await expect(heading(page, "plain")).toBeVisible();
  await expect(page.getByRole("main").getByText("Active", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  expect(watch).toMatchObject(quiet);
});

// As docs/deploy/config.json: the file names a path for each service, also for one that the cloud does not have.
const proxied = testWith(
  { services: { image: "/image", compute: "/compute", network: "/networking", "block-storage": "/volume" } },
  "--without",
  "cinder",
);

proxied("a path for volumes that leads to nothing is not taken for a service", async ({ page, watch }) => {
  await signIn(page, alice);
  await search(page, "cirros-tiny");
  await expectRefused(await rowAction(page, "cirros-tiny", "Create volume"), /no block storage service/);
  await page.goto("/launch?step=source");
  await expect(page.getByLabel("Boot source", { exact: true }).getByRole("option")).toHaveText(["Image", "Instance snapshot"]);
  await expect(page.getByRole("checkbox", { name: "Create new volume" })).toHaveCount(0);
  expect(watch).toMatchObject(quiet);
  expect(watch.requests.filter((request) => request.includes(" /volume"))).toEqual([]);
});

small("without volumes the images say why none can be made", async ({ page, watch }) => {
  await signIn(page, alice);
  await search(page, "cirros-tiny");
  await expectRefused(await rowAction(page, "cirros-tiny", "Create volume"), /no block storage service/);
  expect(watch).toMatchObject(quiet);
});

const bare = testOn("--without", "nova,cinder,neutron");

bare("with images alone, every page of images works and the others say what is missing", async ({ page, watch }) => {
  await signIn(page, alice);
  await search(page, "cirros-tiny");
  await page.getByRole("table", { name: "Images" }).getByRole("link", { name: "cirros-tiny", exact: true }).click();
  await expect(heading(page, "cirros-tiny")).toBeVisible();
  for (const tab of await page.getByRole("tab").all()) await tab.click();
  await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toHaveCount(0);
  await page.goto("/launch");
  await expect(page.getByRole("main")).toContainText("no compute service");
  await navigation(page, "Instances").click();
  await expect(page.getByRole("main")).toContainText("no Nova service");
  expect(watch).toMatchObject(quiet);
});
