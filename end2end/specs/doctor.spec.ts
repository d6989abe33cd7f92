// The connection doctor: what it says of a healthy cloud, and of servers that misbehave for real.
import { mkdirSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { testOn } from "../support/another.ts";
import { choose, expectAccessible, fillSignIn, heading, signIn, tokensOf } from "../support/app.ts";
import { always, closedPort, front, run, selfSigned, service, type Running } from "../support/broken.ts";
import { baseURL, has, otherURL, sameOrigin, scratch } from "../support/env.ts";
import { unique } from "../support/tenant.ts";
import { expect, test as base } from "../support/test.ts";

/** Servers that end with the test. */
const test = base.extend<{ started: (server: Promise<Running>) => Promise<string> }>({
  started: async ({}, use) => {
    const running: Running[] = [];
    await use(async (starting) => {
      const server = await starting;
      running.push(server);
      return server.url;
    });
    for (const server of running) server.close();
  },
});

/** The line of one service. */
function line(where: Page | Locator, name: string): Locator {
  return where.getByRole("listitem").filter({ hasText: new RegExp(`^${name} `) }).first();
}

/** The checks are over. */
async function expectDone(page: Page): Promise<void> {
  await expect(heading(page, "Connection doctor")).toBeVisible();
  await expect(page.getByRole("main").getByText("Checking…").first()).toBeHidden({ timeout: 40_000 });
}

const allGood = "Everything that Sextant needs of the cloud works.";

test.describe("on a healthy cloud", () => {
  test("finds every service working, from the account menu", { tag: "@cloud" }, async ({ page, member }) => {
    await signIn(page, member);
    await choose(page, /^Account:/, "Connection doctor");
    await expectDone(page);
    await expect(page.getByRole("status").filter({ hasText: allGood })).toBeVisible();
    for (const name of ["Keystone", "Glance", "Nova", "Neutron", "Cinder"]) {
      await expect(line(page, name)).toContainText("Works");
    }
    await line(page, "Nova").getByText("Nova", { exact: true }).click();
    await expect(line(page, "Nova")).toContainText("microversions 2.1 to");
    await expect(line(page, "Nova")).toContainText("OpenStack-API-Version");
    await page.getByRole("button", { name: "Check again", exact: true }).click();
    await expectDone(page);
    await expect(page.getByRole("status").filter({ hasText: allGood })).toBeVisible();
    await page.getByRole("link", { name: "Back to images" }).click();
    await expect(heading(page, "Images")).toBeVisible();
  });

  test("finds it working across origins, too", async ({ page, member }) => {
    await page.goto(`${otherURL}/sign-in`);
    await page.getByLabel("Cloud").selectOption("Demo cloud");
    await fillSignIn(page, member);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(heading(page, "Images")).toBeVisible();
    await choose(page, /^Account:/, "Connection doctor");
    await expectDone(page);
    const demo = page.getByRole("region", { name: "Demo cloud" });
    for (const name of ["Keystone", "Glance", "Nova", "Neutron", "Cinder"]) {
      await expect(line(demo, name)).toContainText("Works");
    }
    await expect(line(page.getByRole("region", { name: "Nowhere" }), "Keystone")).toContainText("Does not work");
    await expect(page.getByRole("status").filter({ hasText: "1 of 6 services needs attention." })).toBeVisible();
  });

  test("before the sign-in checks what it can, and says that the rest follows", async ({ page }) => {
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Connection doctor" }).click();
    await expectDone(page);
    await expect(line(page, "Keystone")).toContainText("Works");
    // Where config.json names their paths, the sign-in is not needed to find them.
    await expect(line(page, "Glance")).toContainText(sameOrigin ? "Works" : "After sign-in");
    await expect(page.getByRole("status").filter({ hasText: "The rest follows after it." })).toBeVisible();
    await page.getByRole("link", { name: "Back to sign-in" }).click();
    await expect(heading(page, "Sign in")).toBeVisible();
  });

  test("before the sign-in its report has the clock, too, as the page has it", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto("/doctor");
    await expectDone(page);
    await expect(page.getByText("Compared with the server that has Sextant’s files.")).toBeVisible();
    await page.getByRole("button", { name: "Copy report" }).click();
    await expect(page.getByRole("status").filter({ hasText: "The report has been copied" })).toBeVisible();
    const report = await page.evaluate(() => navigator.clipboard.readText());
    expect(report).toContain("Clock: Right. Compared with the server that has Sextant’s files.");
    expect(report).not.toContain("Nothing to compare it with");
  });

  test("uploads pass, and the report holds no token", async ({ page, context, member }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const tokens = tokensOf(page);
    const addresses: string[] = [];
    page.on("request", (request) => addresses.push(request.url()));
    await signIn(page, member, "/sign-in?next=/doctor");
    await expectDone(page);
    await page.getByRole("button", { name: "Check upload limits" }).click();
    await expect(page.getByText("No limit up to 64 MB.")).toBeVisible({ timeout: 60_000 });
    await page.getByRole("button", { name: "Copy report" }).click();
    await expect(page.getByRole("status").filter({ hasText: "The report has been copied" })).toBeVisible();
    const report = await page.evaluate(() => navigator.clipboard.readText());
    for (const words of [`Page ${baseURL}`, "[Works] Glance", "microversions 2.1 to", "X-Auth-Token: Allowed"]) {
      expect(report).toContain(words);
    }
    expect(tokens.length).toBeGreaterThan(0);
    for (const token of tokens) {
      expect(report).not.toContain(token);
      expect(addresses.filter((url) => url.includes(token))).toEqual([]);
    }
  });
});

test.describe("where something is wrong", () => {
  test("is offered where Keystone does not answer, in a tab of its own", async ({ page, context }) => {
    await page.goto(`${otherURL}/sign-in`);
    await page.getByLabel("Cloud").selectOption("Nowhere");
    await fillSignIn(page, { user: "alice", password: "x" });
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    const opened = context.waitForEvent("page");
    await page.getByRole("alert").getByRole("link", { name: /^Find out why/ }).click();
    const doctor = await opened;
    await expectDone(doctor);
    const keystone = line(doctor.getByRole("region", { name: "Nowhere" }), "Keystone");
    await expect(keystone).toContainText("No answer");
    await expect(keystone.getByRole("link", { name: "Open the address in a new tab" })).toBeVisible();
    await expect(page.getByLabel("User name", { exact: true })).toHaveValue("alice");
  });

  test("tells a closed port, missing CORS, a refused header, a refused method and a silent server apart", async ({ page, started }) => {
    const url = await started(
      front({
        config: {
          clouds: [
            {
              name: "Odd",
              identity: `${await started(run(service({ withoutCors: true })))}/v3`,
              services: {
                image: await started(run(service({ refusedMethods: ["PATCH"] }))),
                compute: await started(run(service({ refusedHeaders: ["X-Auth-Token"] }))),
                network: await closedPort(),
                "block-storage": await started(run(() => {})),
              },
            },
          ],
        },
      }),
    );
    await page.goto(`${url}/doctor`);
    await expectDone(page);
    const keystone = line(page, "Keystone");
    await expect(keystone).toContainText("does not let this page read its answers");
    await expect(keystone).toContainText("/etc/keystone/keystone.conf");
    await expect(keystone).toContainText(`[cors] allowed_origin = ${url}`);
    await expect(keystone).toContainText("location ^~ /identity/ { proxy_pass http://127.0.0.1:");
    const glance = line(page, "Glance");
    await expect(glance).toContainText("Works in part");
    await expect(glance).toContainText("allow_methods = GET,HEAD,POST,PUT,PATCH,DELETE");
    const nova = line(page, "Nova");
    await expect(nova.getByRole("heading", { name: "Request headers are refused" })).toBeVisible();
    await expect(nova).toContainText("allow_headers = Content-Type,Accept,X-Auth-Token");
    await expect(nova.getByRole("listitem").filter({ hasText: "Launching instances" })).toContainText("Allowed");
    await expect(nova.getByRole("listitem").filter({ hasText: "Everything after the sign-in" })).toContainText("Refused");
    await expect(line(page, "Neutron").getByRole("heading", { name: "No answer", exact: true })).toBeVisible();
    await expect(line(page, "Cinder").getByRole("heading", { name: "No answer in time" })).toBeVisible();
    await expect(page.getByRole("status").filter({ hasText: "5 of 5 services need attention." })).toBeVisible();
    await expectAccessible(page);
  });

  test("tells a web page, an error, a move and a forbidden move apart", async ({ page, started }) => {
    const hidden = await started(run(service({ withoutCors: true })));
    const good = service();
    const url = await started(
      front({
        config: {
          clouds: [
            {
              name: "Odd",
              identity: `${await started(run(always(200, "text/html", "<!doctype html><title>Welcome</title>")))}/v3`,
              services: {
                image: await started(run(always(502, "text/html", "<h1>502 Bad Gateway</h1>"))),
                compute: await started(
                  run((request, response) => {
                    if (request.url !== "/") return good(request, response);
                    response.setHeader("Access-Control-Allow-Origin", "*");
                    response.writeHead(302, { Location: "/versions" }).end();
                  }),
                ),
                network: await started(run(always(301, "text/html", "", { Location: hidden }))),
                // A path of this origin that leads to no service, but to the app.
                "block-storage": "/no-such-service",
              },
            },
          ],
        },
      }),
    );
    await page.goto(`${url}/doctor`);
    await expectDone(page);
    await expect(line(page, "Keystone")).toContainText("Something else answers here");
    await expect(line(page, "Keystone")).toContainText("HTTP 200 text/html");
    await expect(line(page, "Glance")).toContainText("HTTP 502");
    await expect(line(page, "Nova")).toContainText("Works");
    await line(page, "Nova").getByText("Nova", { exact: true }).click();
    await expect(line(page, "Nova").getByRole("heading", { name: "It answers from another address" })).toBeVisible();
    await expect(line(page, "Neutron")).toContainText("The server sends the browser elsewhere");
    await expect(line(page, "Cinder")).toContainText("location ^~ /block-storage/");
  });

  test("knows the page's own policy, with the line to paste", async ({ page, started }) => {
    const keystone = await started(run(service()));
    const config = { clouds: [{ name: "Odd", identity: `${keystone}/v3` }] };
    const url = await started(front({ config, connect: "" }));
    await page.goto(`${url}/doctor`);
    await expectDone(page);
    await expect(line(page, "Keystone")).toContainText("Blocked by this page’s own policy");
    await expect(line(page, "Keystone")).toContainText(`connect-src 'self' ${keystone};`);
  });

  test("says of a certificate that is not trusted what can be said", async ({ page, started }) => {
    test.skip(!has("openssl"), "needs openssl to make a certificate");
    mkdirSync(scratch, { recursive: true });
    const keystone = await started(selfSigned(scratch));
    const url = await started(front({ config: { clouds: [{ name: "Odd", identity: `${keystone}/v3` }] } }));
    await page.goto(`${url}/doctor`);
    await expectDone(page);
    await expect(line(page, "Keystone")).toContainText("the certificate is not trusted");
    await expect(line(page, "Keystone").getByRole("link", { name: "Open the address in a new tab" })).toHaveAttribute("href", `${keystone}/v3`);
  });

  test("finds a proxy's upload limit", async ({ page, started }) => {
    const cloud = { name: "Demo", identity: "/identity/v3", services: { image: "/image" } };
    const url = await started(front({ config: { clouds: [cloud] }, maxBody: 4 << 20 }));
    await page.goto(`${url}/doctor`);
    await expectDone(page);
    await page.getByRole("button", { name: "Check upload limits" }).click();
    await expect(page.getByText("8 MB did not go through.")).toBeVisible();
    await expect(page.getByText("client_max_body_size 0")).toBeVisible();
  });

  test("names keys of config.json that mean nothing, and says when the file has changed", async ({ page, started }) => {
    const config: Record<string, unknown> = { clouds: [{ name: "Demo", identity: "/identity/v3", regoin: "R" }] };
    const url = await started(front({ config }));
    await page.goto(`${url}/sign-in`);
    config.brand = unique("brand");
    await page.getByRole("link", { name: "Connection doctor" }).click();
    await expectDone(page);
    await expect(page.getByText("clouds[0].regoin")).toBeVisible();
    await expect(page.getByText("config.json has been changed since this page was loaded.")).toBeVisible();
  });
});

const alice = { user: "alice", password: "password" };

testOn("--without", "glance")("a cloud without images is not one where everything works", async ({ page }) => {
  await signIn(page, alice, "/sign-in?next=/doctor");
  await expectDone(page);
  await expect(page.getByRole("status").filter({ hasText: "1 of 5 services needs attention." })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: allGood })).toHaveCount(0);
  await expect(line(page, "Glance")).toContainText("Not in this cloud");
  // It stands open.
  await expect(line(page, "Glance").getByText("There are no images to see.")).toBeVisible();
});

testOn("--without", "nova,neutron,cinder")("nor is one without instances; volumes and networks a cloud may do without", async ({ page }) => {
  await signIn(page, alice, "/sign-in?next=/doctor");
  await expectDone(page);
  await expect(page.getByRole("status").filter({ hasText: "1 of 3 services needs attention." })).toBeVisible();
  for (const name of ["Nova", "Neutron", "Cinder"]) await expect(line(page, name)).toContainText("Not in this cloud");
  await expect(line(page, "Nova").getByText("Sextant offers no launching, no instances, no snapshots and no verification.")).toBeVisible();
  await expect(line(page, "Cinder").getByText("Sextant offers no volumes")).toBeHidden();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("axe finds nothing, and everything works by keyboard", async ({ page, member }) => {
      await signIn(page, member, "/sign-in?next=/doctor");
      await expectDone(page);
      await expect(heading(page, "Connection doctor")).toBeFocused();
      await expectAccessible(page);
      await page.keyboard.press("Tab");
      await expect(page.getByRole("button", { name: "Copy report" })).toBeFocused();
      await page.keyboard.press("Tab");
      await expect(page.getByRole("button", { name: "Check again" })).toBeFocused();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await expect(line(page, "Keystone").getByRole("heading", { name: "What Sextant needs here" })).toBeVisible();
      await expectAccessible(page);
    });
  });
}
