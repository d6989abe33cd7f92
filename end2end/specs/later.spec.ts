// A release keeps what the first sight of the images does not need in a file of its own (xtask/src/dist/later.rs).
import { type Page } from "@playwright/test";
import { expectList, fillSignIn, heading, holdBack, signIn } from "../support/app.ts";
import { expect, test } from "../support/test.ts";

const LATER = "**/*_later.wasm";

test.beforeEach(async ({ request }) => {
  test.skip(!(await isSplit(request)), "a development build is one file");
});

test("the list is there, and a press of a button works, before the rest of the code has come", async ({ page, member }) => {
  await signIn(page, member);
  await expectList(page);
  // The one in the background waits; what a press of a button needs at once is asked for once more.
  const release = await holdBack(page, LATER, (request) => request.resourceType() === "fetch");
  await page.reload();
  await expectList(page);
  await openColumns(page);
  release();
});

for (const [speed, delay] of [["at once", 0], ["a second later", 1000]] as const) {
  test(`the first rows, listed ${speed}, are drawn without a call of the rest: what they run is on record`, async ({ page, member }) => {
    const api = await member.api();
    await api.createImage({ name: "", description: 'what JSON escapes: " \\ \n' });
    await signIn(page, member);
    await expectList(page);
    // What is called before it has come is fetched on the spot; timers may do so later, but nothing before the rows.
    await page.addInitScript(() => {
      const open = XMLHttpRequest.prototype.open;
      XMLHttpRequest.prototype.open = function (...request: unknown[]) {
        const isTooEarly = String(request[1]).endsWith("_later.wasm") && !document.querySelector("tbody a[href]");
        if (isTooEarly) Object.assign(window, { calledTooEarly: true });
        return Reflect.apply(open, this, request);
      };
    });
    if (delay > 0) await page.route("**/v2/images?*", (route) => void setTimeout(() => void route.continue(), delay));
    await page.reload();
    await expectList(page);
    const isTooEarly = await page.evaluate(() => Reflect.get(window, "calledTooEarly") ?? false);
    expect(isTooEarly, "`cargo xtask profile` records anew").toBe(false);
  });
}

test("where the rest of the code can't be had, the page says so and offers to load again", async ({ page, member }) => {
  await signIn(page, member);
  await expectList(page);
  await page.route(LATER, (route) => route.abort());
  await page.reload();
  const notice = page.getByRole("alertdialog");
  const columns = page.getByRole("button", { name: "Columns" });
  // A press needs it at the latest; drawing the list or a timer may have needed it before.
  await expect(async () => {
    if ((await columns.count()) > 0) await columns.dispatchEvent("click");
    await expect(notice).toContainText("Sextant has stopped", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await expect(notice).toContainText("_later.wasm");
  await page.unroute(LATER);
  await notice.getByRole("button", { name: /Reload the page/ }).click();
  await expectList(page);
  await openColumns(page);
});

test("a page other than the list, and the sign-in, wait for all of the code", async ({ page, member }) => {
  const asked: string[] = [];
  page.on("request", (request) => request.url().endsWith("_later.wasm") && asked.push(request.resourceType()));
  await page.goto("/sign-in");
  await expect(heading(page, "Sign in")).toBeVisible();
  await fillSignIn(page, member);
  expect(asked).toEqual(["fetch"]);
});

async function openColumns(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Columns" }).click();
  await expect(page.getByRole("menuitemcheckbox", { name: "Status" })).toBeVisible();
}

async function isSplit(request: import("@playwright/test").APIRequestContext): Promise<boolean> {
  const page = await (await request.get("/")).text();
  const script = page.match(/data-script="([^"]+)"/)?.[1];
  return script !== undefined && (await (await request.get(script)).text()).includes("_later.wasm");
}
