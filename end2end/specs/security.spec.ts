import { expectList, heading, pickFiles, rowOf, signIn, step, tokensOf } from "../support/app.ts";
import { baseURL, sameOrigin } from "../support/env.ts";
import { anyQcow2, raw } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

test("the page comes with a strict Content-Security-Policy", async ({ page }) => {
  const answer = await page.goto("/");
  const policy = (await answer?.allHeaders())?.["content-security-policy"] ?? "";
  const directives = new Map(policy.split(";").map((part) => part.trim().split(/\s+/)).map(([name, ...values]) => [name, values]));
  expect(directives.get("default-src")).toBeDefined();
  expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'|\*/);
  expect((directives.get("script-src") ?? []).sort()).toEqual(["'self'", "'wasm-unsafe-eval'"]);
  for (const source of directives.get("connect-src") ?? []) {
    expect(source === "'self'" || /^https?:\/\/[\w.:-]+/.test(source), source).toBe(true);
  }
});

test("not one request leaves the configured hosts, and nothing breaks the policy", { tag: "@cloud" }, async ({ page, member, admin, temporary }) => {
  const allowed = new Set([new URL(baseURL).host, ...(sameOrigin ? [] : [new URL(admin.identity).host, ...admin.hosts()])]);
  const strangers: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && !allowed.has(url.host)) strangers.push(request.url());
  });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));

  const image = await (await member.api()).createImage({ name: unique("boot") }, anyQcow2());
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(65536)));
  const name = unique("sent");
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Create image", exact: true }).click();
  await expect(rowOf(page, name)).toContainText("Active");
  await page.goto(`/images/${image.id}`);
  await expect(heading(page, image.name)).toBeVisible();
  await page.goto(`/launch?image=${image.id}`);
  await step(page, "Flavor");
  await expect(page.getByRole("radio").first()).toBeVisible();
  await page.goto("/instances");
  await expect(heading(page, "Instances")).toBeVisible();
  expect(strangers).toEqual([]);
  expect(complaints).toEqual([]);
});

test("the token stays in the tab, the password nowhere", { tag: "@cloud" }, async ({ page, member }) => {
  const tokens = tokensOf(page);
  const urls: string[] = [];
  const words: string[] = [];
  page.on("request", (sent) => urls.push(sent.url()));
  page.on("console", (message) => words.push(message.text()));
  await signIn(page, member);
  await expectList(page);
  const local = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  const tab = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  const text = await page.content();
  for (const place of [local, text, urls.join("\n"), words.join("\n"), await page.evaluate(() => document.cookie)]) {
    for (const token of tokens) expect(place).not.toContain(token);
    expect(place).not.toContain(member.password);
  }
  expect(tab).not.toContain(member.password);
  expect(tokens.length).toBeGreaterThan(0);
});
