// A page of images that is loaded again asks for them while the app is still on its way (start.js, src/client/early.rs).
import { type Page, type Request } from "@playwright/test";
import { expectList, holdBack, signIn } from "../support/app.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

const FIRST = /\/v2\/images\?limit=50$/;

test("the images are asked for once, before the app has come, and are those of now", async ({ page, member }) => {
  await signIn(page, member);
  await expectList(page);
  await expectWord(page);
  const { name } = await (await member.api()).createImage({ name: unique("made-meanwhile") });
  const asked: Request[] = [];
  page.on("request", (request) => FIRST.test(request.url()) && request.method() === "GET" && asked.push(request));
  const release = await holdBack(page, "**/*_bg.wasm");
  const reloaded = page.reload();
  await expect.poll(() => asked.length, { message: "asked for while the app is held up" }).toBe(1);
  release();
  await reloaded;
  await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
  expect(asked).toHaveLength(1);
  // The next listing is the app's own.
  await page.getByRole("button", { name: "Refresh" }).click();
  await expectList(page);
});

test("a token that is refused meanwhile opens the sign-in over the page, as ever", async ({ page, member }) => {
  await signIn(page, member);
  await expectWord(page);
  await page.evaluate(() => {
    const session = JSON.parse(sessionStorage.getItem("sextant.session") ?? "");
    session.token.id = "gAAAAA-no-token-of-anybody";
    sessionStorage.setItem("sextant.session", JSON.stringify(session));
  });
  await page.reload();
  await expect(page.getByRole("dialog", { name: "Sign in again" })).toBeVisible();
});

test("what is kept in the tab may be anything: the app does without", async ({ page, member }) => {
  await signIn(page, member);
  await expectWord(page);
  for (const odd of ["", "{", "null", "7", '{"cloud":1}', '{"cloud":"Demo cloud","url":"http://"}']) {
    await page.evaluate((text) => sessionStorage.setItem("sextant.first", text), odd);
    await page.reload();
    await expectList(page);
  }
});

test("the token of one cloud is never sent to the address of another", async ({ page, member }) => {
  await signIn(page, member);
  await expectWord(page);
  const strange: string[] = [];
  page.on("request", (request) => request.url().includes("/stranger/") && strange.push(request.url()));
  await page.evaluate(() => {
    const first = { cloud: "Another cloud", url: `${location.origin}/stranger/v2/images?limit=50` };
    sessionStorage.setItem("sextant.first", JSON.stringify(first));
  });
  await page.reload();
  await expectList(page);
  expect(strange).toEqual([]);
});

/** The app leaves word once the first images are on the screen. */
async function expectWord(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => sessionStorage.getItem("sextant.first"))).toContain("/v2/images?limit=50");
}
