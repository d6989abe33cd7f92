// config.json and clouds as they really are: application credentials, regions, prefixes, roles by project, several clouds.
import type { Page, Route } from "@playwright/test";
import type { Json } from "../support/api.ts";
import { alert, choose, expectAccessible, expectList, fillSignIn, heading, rowOf, signIn, tokensOf } from "../support/app.ts";
import { baseURL, cloudURL, keystoneURL, sameOrigin } from "../support/env.ts";
import { unique } from "../support/tenant.ts";
import { type Account, expect, test } from "../support/test.ts";

const ownCloudOnly = "changes config.json and the catalog on their way: in this run's own demo cloud";

/** An application credential of this person, for their project. */
async function credentialOf(who: Account): Promise<{ id: string; name: string; secret: string }> {
  const api = await who.api();
  const body = { application_credential: { name: unique("credential") } };
  const answer = await api.call("POST", `${api.identity}/users/${who.id}/application_credentials`, body);
  return answer.application_credential;
}

async function openCredentialForm(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("radio", { name: "Application credential" }).check();
}

async function fillCredential(page: Page, name: string, secret: string): Promise<void> {
  await page.getByLabel("Credential ID or name", { exact: true }).fill(name);
  await page.getByLabel("Secret", { exact: true }).fill(secret);
}

const submit = (page: Page) => page.getByRole("button", { name: "Sign in", exact: true }).click();

test.describe("an application credential", () => {
  test("signs in to its project, which is the only one, and its secret is kept nowhere", { tag: "@cloud" }, async ({ page, steward, member }) => {
    const second = await steward.project("second");
    const credential = await credentialOf(member);
    await steward.grant(member, second, "member");
    await openCredentialForm(page);
    await fillCredential(page, credential.id, credential.secret);
    await submit(page);
    await expect(heading(page, "Images")).toBeVisible();
    await page.getByRole("button", { name: `Project: ${member.project.name}` }).click();
    await expect(page.getByRole("menu")).toContainText(`application credential “${credential.name}”, which is for this project only`);
    await expect(page.getByRole("menuitemradio", { name: second.name })).toHaveCount(0);
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).not.toContain(credential.secret);
    await page.reload();
    await expect(heading(page, "Images")).toBeVisible();
  });

  test("signs in by its name and its user's, too", { tag: "@cloud" }, async ({ page, member }) => {
    const credential = await credentialOf(member);
    await openCredentialForm(page);
    await expect(page.getByLabel("User name", { exact: true })).toHaveCount(0);
    await fillCredential(page, credential.name, credential.secret);
    await page.getByLabel("User name", { exact: true }).fill(member.user);
    await submit(page);
    await expect(page.getByRole("button", { name: `Account: ${member.user}` })).toBeVisible();
  });

  test("that is wrong or gone is told so, and what was typed stays", { tag: "@cloud" }, async ({ page, member }) => {
    const credential = await credentialOf(member);
    await openCredentialForm(page);
    await submit(page);
    await expect(page.getByLabel("Credential ID or name", { exact: true })).toHaveAccessibleDescription(/Enter the application credential/);
    await fillCredential(page, credential.id, "not the secret");
    await submit(page);
    await expect(alert(page, "does not accept this application credential")).toBeVisible();
    const api = await member.api();
    await api.forget(`${api.identity}/users/${member.id}/application_credentials/${credential.id}`);
    await page.getByLabel("Secret", { exact: true }).fill(credential.secret);
    await submit(page);
    await expect(alert(page, "has no application credential of this ID")).toBeVisible();
    await expect(page.getByLabel("Credential ID or name", { exact: true })).toHaveValue(credential.id);
  });

  // Not on a real cloud: its services remember for minutes that a token was good (keystonemiddleware's cache).
  test("is asked for again when the session has expired, and the page goes on", async ({ page, member, admin }) => {
    const credential = await credentialOf(member);
    const tokens = tokensOf(page);
    await openCredentialForm(page);
    await fillCredential(page, credential.id, credential.secret);
    await submit(page);
    await expect(heading(page, "Images")).toBeVisible();
    await page.getByRole("searchbox", { name: "Search images" }).fill("typed before");
    const refresh = page.getByRole("button", { name: "Refresh" }).first();
    await expect(refresh).toBeEnabled();
    await admin.revoke(tokens.at(-1) ?? "");
    await refresh.click();
    const dialog = page.getByRole("dialog", { name: "Sign in again" });
    await expect(dialog.getByRole("radio", { name: "Application credential" })).toBeChecked();
    await expect(dialog.getByLabel("Credential ID or name", { exact: true })).toHaveValue(credential.id);
    await dialog.getByLabel("Secret", { exact: true }).fill(credential.secret);
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("searchbox", { name: "Search images" })).toHaveValue("typed before");
  });
});

/** Serves this as config.json. */
async function configure(page: Page, config: unknown): Promise<void> {
  await page.route("**/config.json", (route) => route.fulfill({ json: config }));
}

/** Changes the catalog of every token on its way. */
async function recatalog(page: Page, change: (catalog: Json[]) => Json[]): Promise<void> {
  await page.route("**/auth/tokens", async (route: Route) => {
    if (route.request().method() !== "POST") return route.fallback();
    const response = await route.fetch();
    const body = await response.json();
    if (body.token?.catalog) body.token.catalog = change(sameOrigin ? behindProxy(body.token.catalog) : body.token.catalog);
    await route.fulfill({ response, json: body });
  });
}

/** The paths of the documented proxy, and the demo cloud's own. */
const proxied = { "/image": "/image", "/compute": "/compute", "/network": "/networking", "/block-storage": "/volume" };

/** How a cloud is reached here: behind the proxy a page may ask nothing else. */
const services = sameOrigin ? Object.fromEntries(Object.keys(proxied).map((path) => [path.slice(1), path])) : "catalog";

/** A catalog that names the documented proxy's addresses, where that is all that a page may ask. */
function behindProxy(catalog: Json[]): Json[] {
  const move = (at: Json) => {
    const [path, own] = Object.entries(proxied).find(([, own]) => at.url.startsWith(`${cloudURL}${own}`)) ?? [];
    return path ? { ...at, url: at.url.replace(`${cloudURL}${own}`, `${baseURL}${path}`) } : at;
  };
  return catalog.map((entry) => ({ ...entry, endpoints: entry.endpoints.map(move) }));
}

/** Every service once more in region "Two", below /two. */
function withSecondRegion(catalog: Json[]): Json[] {
  return catalog.map((entry) => ({
    ...entry,
    endpoints: entry.endpoints.flatMap((at: Json) => [
      at,
      { ...at, region: "Two", region_id: "Two", url: at.url.replace(baseURL, `${baseURL}/two`) },
    ]),
  }));
}

test.describe("config.json", () => {
  test.skip(Boolean(process.env.E2E_BASE_URL), ownCloudOnly);

  test("is told all that is wrong with it at once, by key, with what may stand there", async ({ page }) => {
    await configure(page, {
      clouds: [{ identity: "https://me:secret@cloud.example/v3", interface: "pubic" }, { name: "B" }],
      idle_minutes: "soon",
    });
    await page.goto("/");
    const problems = alert(page, "Sextant is not configured");
    await expect(problems).toContainText("“clouds[0].identity” is \"https://me:secret@cloud.example/v3\", but it must be Keystone’s address");
    await expect(problems).toContainText("“clouds[0].interface” is \"pubic\", but it must be one of [\"public\", \"internal\", \"admin\"]");
    await expect(problems).toContainText("“clouds[1].identity” is missing");
    await expect(problems).toContainText("“idle_minutes” is \"soon\", but it must be a whole number from 0");
  });

  test("with keys that mean nothing says so beside the sign-in, and works without them", async ({ page, member }) => {
    await configure(page, { clouds: [{ name: "Demo cloud", identity: "/identity/v3", services, regoin: "Two" }], edit_image: "owner" });
    await page.goto("/sign-in");
    const notice = page.getByRole("status").filter({ hasText: "Part of config.json is ignored" });
    await expect(notice).toContainText("“edit_image”");
    await expect(notice).toContainText("“clouds[0].regoin”");
    await expectAccessible(page);
    await notice.getByRole("link", { name: "See what is in effect" }).click();
    await expect(heading(page, "Connection doctor")).toBeVisible();
    await page.getByRole("link", { name: "Back to sign-in" }).click();
    await fillSignIn(page, member);
    await submit(page);
    await expect(heading(page, "Images")).toBeVisible();
  });

  test("without a mistake says nothing of the kind", async ({ page }) => {
    await page.goto("/sign-in");
    await expect(heading(page, "Sign in")).toBeVisible();
    await expect(page.getByText("config.json")).toHaveCount(0);
  });

  test("with a region that the cloud does not have names the key and the cloud's regions", async ({ page, member }) => {
    await configure(page, { clouds: [{ name: "Demo cloud", identity: "/identity/v3", region: "regionone" }] });
    await page.goto("/sign-in");
    await fillSignIn(page, member);
    await submit(page);
    await expect(alert(page, "“clouds[0].region”: “regionone”, but this cloud’s catalog has only RegionOne")).toBeVisible();
  });

  test("may put some services behind prefixes of its own origin and leave others to the catalog", async ({ page, member }) => {
    const volumes = sameOrigin ? "/block-storage" : "/volume";
    const some = { image: "/image/", volumev3: volumes };
    await configure(page, { clouds: [{ name: "Demo cloud", identity: "/identity", interface: "internal", services: some }] });
    // What the prefixes stand for is out of reach by the catalog.
    await recatalog(page, (catalog) =>
      catalog.map((entry) => {
        const isProxied = ["image", "volumev3"].includes(entry.type);
        const move = (at: Json) => (isProxied ? { ...at, url: at.url.replace(baseURL, "http://inside.invalid:9292") } : { ...at, url: `${at.url}/` });
        return { ...entry, endpoints: entry.endpoints.map(move) };
      }),
    );
    const paths: string[] = [];
    page.on("request", (request) => paths.push(new URL(request.url()).pathname));
    const image = await (await member.api()).createImage({ name: unique("proxied") });
    await signIn(page, member);
    await expect(rowOf(page, image.name)).toBeVisible();
    await page.goto("/launch");
    await expect(heading(page, "Launch instance")).toBeVisible();
    await expect.poll(() => paths).toContain(`${volumes}/v3/${member.project.id}/volumes/detail`);
    expect(paths).toContain("/image/v2/images");
    // From an endpoint with a slash behind its version, which stands in the path once.
    await expect.poll(() => paths.some((path) => path.startsWith("/compute/v2.1/"))).toBe(true);
    expect(paths.filter((path) => path.includes("//"))).toEqual([]);
  });
});

test.describe("regions", () => {
  test.skip(Boolean(process.env.E2E_BASE_URL), ownCloudOnly);

  test("can be chosen where the cloud has several and the operator names none, and are remembered", async ({ page, member }) => {
    await configure(page, { clouds: [{ name: "Demo cloud", identity: "/identity/v3" }] });
    await recatalog(page, withSecondRegion);
    const asked: string[] = [];
    await page.route(`${baseURL}/two/**`, (route) => {
      asked.push(new URL(route.request().url()).pathname);
      return route.continue({ url: route.request().url().replace("/two/", "/") });
    });
    await signIn(page, member);
    await expectList(page);
    expect(asked).toEqual([]);
    await choose(page, "Region: RegionOne", "Two");
    await expect(page.getByRole("button", { name: "Region: Two" })).toBeVisible();
    await expectList(page);
    expect(asked).toContain("/two/image/v2/images");
    await choose(page, /^Account:/, "Sign out");
    await fillSignIn(page, member);
    await submit(page);
    await expect(page.getByRole("button", { name: "Region: Two" })).toBeVisible();
  });

  test("that lack a service are told apart from clouds that do, with the one in use, by the connection doctor", async ({ page, member }) => {
    await configure(page, { clouds: [{ name: "Demo cloud", identity: "/identity/v3" }] });
    await recatalog(page, (catalog) => [
      ...catalog.filter((entry) => entry.type !== "image"),
      ...withSecondRegion(catalog.filter((entry) => entry.type === "image")),
    ]);
    await page.route(`${baseURL}/two/**`, (route) => route.continue({ url: route.request().url().replace("/two/", "/") }));
    await signIn(page, member);
    await choose(page, "Region: RegionOne", "Two");
    await choose(page, /^Account:/, "Connection doctor");
    await expect(page.getByRole("status").filter({ hasText: "3 of 5 services need attention." })).toBeVisible({ timeout: 40_000 });
    const nova = page.getByRole("listitem").filter({ hasText: /^Nova / }).first();
    await expect(nova).toContainText("No address here");
    await expect(nova.getByText(/Choose another region/)).toBeVisible();
    await expect(page.getByRole("region", { name: "Configuration in effect" })).toContainText("Two (in use now; config.json names none)");
  });

  test("are not asked about where the operator names one", async ({ page, member }) => {
    await configure(page, { clouds: [{ name: "Demo cloud", identity: "/identity/v3", region: "RegionOne" }] });
    await recatalog(page, withSecondRegion);
    await signIn(page, member);
    await expectList(page);
    await expect(page.getByRole("button", { name: /^Region:/ })).toHaveCount(0);
  });
});

test.describe("several clouds", () => {
  test.skip(Boolean(process.env.E2E_BASE_URL), ownCloudOnly);

  test("are chosen from at sign-in; the last is remembered, and the first leaves nothing behind", async ({ page, steward, member, account }) => {
    await configure(page, {
      clouds: [
        { name: "North", identity: "/identity/v3", services },
        { name: "South", identity: sameOrigin ? "/identity" : keystoneURL, services },
      ],
    });
    const other = await account("member", await steward.project("south"));
    const north = await (await member.api()).createImage({ name: unique("north") });
    const south = await (await other.api()).createImage({ name: unique("south") });
    await page.goto("/");
    await page.getByLabel("Cloud", { exact: true }).selectOption({ label: "North" });
    await fillSignIn(page, member);
    await submit(page);
    await page.getByRole("checkbox", { name: `Select ${north.name}` }).check();
    await choose(page, /^Account:/, "Sign out");
    await page.getByLabel("Cloud", { exact: true }).selectOption({ label: "South" });
    await fillSignIn(page, other);
    await submit(page);
    await expect(rowOf(page, south.name)).toBeVisible();
    await expect(rowOf(page, north.name)).toHaveCount(0);
    await expect(page.getByRole("checkbox", { name: /^Select /, checked: true })).toHaveCount(0);
    await choose(page, /^Account:/, "Sign out");
    await page.reload();
    await expect(page.getByLabel("Cloud", { exact: true })).toHaveValue("South");
    await expect(page.getByLabel("User name", { exact: true })).toHaveValue(other.user);
  });
});

test("what is offered changes with the role in the project", { tag: "@cloud" }, async ({ page, steward, member }) => {
  const second = await steward.project("readonly");
  await steward.grant(member, second, "reader");
  await page.goto("/");
  await fillSignIn(page, member);
  await submit(page);
  await page.getByRole("button", { name: member.project.name }).click();
  const create = page.getByRole("main").getByRole("button", { name: "Create image" }).or(page.getByRole("main").getByRole("link", { name: "Create image" })).first();
  await expect(create).not.toHaveAttribute("aria-disabled", "true");
  await choose(page, `Project: ${member.project.name}`, second.name);
  await expect(page.getByRole("button", { name: `Project: ${second.name}` })).toBeVisible();
  await expect(create).toHaveAttribute("aria-disabled", "true");
  await choose(page, `Project: ${second.name}`, member.project.name);
  await expect(create).not.toHaveAttribute("aria-disabled", "true");
});
