// The app as a person finds their way in it: by role and accessible name only.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Locator, type Page, type Request } from "@playwright/test";
import type { Json } from "./api.ts";
import type { Account } from "./test.ts";

/** The parts of an account that the sign-in page asks for. */
type Who = Pick<Account, "user" | "password">;

/** Fills the sign-in form, without pressing the button. */
export async function fillSignIn(page: Page, who: Who, domain?: string): Promise<void> {
  await page.getByLabel("User name", { exact: true }).fill(who.user);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  if (domain) await page.getByLabel("Domain", { exact: true }).fill(domain);
}

/** Opens a page of the app and signs in on the way; ends where the page was asked for. */
export async function signIn(page: Page, who: Who, path = "/images"): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { name: "Sign in", level: 1 })).toBeVisible();
  await fillSignIn(page, who);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("button", { name: `Account: ${who.user}` })).toBeVisible();
}

/** Lets no request of an address through, or none of those that are meant, until what it gives back is called. */
export async function holdBack(page: Page, url: string | RegExp, isMeant: (request: Request) => boolean = () => true): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(url, async (route) => {
    if (isMeant(route.request())) await held;
    await route.continue();
  });
  return release;
}

/** That a form which is being sent takes nothing that is typed into a field of it, and that its way out is in reach. */
export async function expectHeld(page: Page, dialog: Locator, field: Locator): Promise<void> {
  const sent = await field.inputValue();
  await expect(dialog.locator("form")).toHaveAttribute("aria-busy", "true");
  await expect(field).not.toBeFocused();
  await page.keyboard.type("lost");
  await expect(field).toHaveValue(sent);
  // Not pressed.
  await dialog.getByRole("button", { name: "Cancel" }).click({ trial: true });
}

/** The page's heading. */
export function heading(page: Page, name: string | RegExp): Locator {
  return page.getByRole("heading", { name, level: 1 });
}

/** A result that the app has announced. */
export async function expectMessage(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: text }).first()).toBeVisible();
}

/** That nothing is announced as done. For after the failure is shown: what would be said of a success would stand beside it by then. */
export async function expectNoMessage(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: text })).toHaveCount(0);
}

/** A failure that the app has announced. */
export function alert(page: Page | Locator, text: string | RegExp): Locator {
  return page.getByRole("alert").filter({ hasText: text }).first();
}

/** The image list's row of one image. */
export function rowOf(page: Page, name: string): Locator {
  return page
    .getByRole("table", { name: "Images" })
    .getByRole("row")
    .filter({ has: page.getByRole("link", { name, exact: true }) });
}

/** Narrows the list to what the search box finds. */
export async function search(page: Page, text: string): Promise<void> {
  await page.getByRole("searchbox", { name: "Search images" }).fill(text);
}

/** The list is there: some row of it, since other tests' images may have pushed a certain one out of the window's reach. */
export async function expectList(page: Page): Promise<void> {
  await expect(page.getByRole("table", { name: "Images" }).getByRole("link").first()).toBeVisible();
}

/** Opens the menu of a row and gives one of its items. */
export async function rowAction(page: Page, image: string, action: string): Promise<Locator> {
  await page.getByRole("button", { name: `Actions for ${image}`, exact: true }).click();
  return page.getByRole("menu").getByRole("menuitem", { name: action, exact: true });
}

/** A menu of the header (project, language, theme, account) and one of its choices. */
export async function choose(page: Page, menu: string | RegExp, item: string | RegExp): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: menu }).click();
  const choices = page.getByRole("menu");
  await choices.getByRole("menuitemradio", { name: item }).or(choices.getByRole("menuitem", { name: item })).click();
}

/** The link of a page in the main navigation. */
export function navigation(page: Page, name: string): Locator {
  return page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true });
}

/** That an action is shown, can be reached, is refused, and says why. */
export async function expectRefused(control: Locator, reason: string | RegExp): Promise<void> {
  await expect(control).toHaveAttribute("aria-disabled", "true");
  await expect(control).toHaveAccessibleDescription(reason);
}

export async function expectAllowed(control: Locator): Promise<void> {
  await expect(control).toBeVisible();
  await expect(control).not.toHaveAttribute("aria-disabled", "true");
}

/** Gives a file to the control "File" of the create form. */
export async function pickFiles(page: Page, ...files: string[] | { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
  await page.getByLabel("File", { exact: true }).and(page.locator("input[type=file]")).setInputFiles(files);
}

/** The tray's entry of one file or image. */
export function upload(page: Page, name: string): Locator {
  return page.getByRole("region", { name: "Uploads" }).getByRole("listitem").filter({ hasText: name });
}

/** Goes to a step of the launch wizard. */
export async function step(page: Page, name: string): Promise<void> {
  const pattern = new RegExp(`^${name}\\b`);
  await page.getByRole("tab", { name: pattern }).or(page.getByRole("main").getByRole("link", { name: pattern })).click();
}

/** Has the operator say something else in `config.json`, for a page that is loaded after this. */
export async function configure(page: Page, settings: Json): Promise<void> {
  await page.route("**/config.json", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...settings } });
  });
}

/** Every token that the page gets from now on, the newest last. */
export function tokensOf(page: Page): string[] {
  const tokens: string[] = [];
  page.on("response", (response) => {
    const token = response.request().method() === "POST" && response.headers()["x-subject-token"];
    if (token) tokens.push(token);
  });
  return tokens;
}

/** Slows the page's network, in bytes per second; `undefined` sets it free again. */
export async function throttleUploads(page: Page, bytesPerSecond: number | undefined): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond ?? -1,
  });
}

/** That axe finds nothing to complain about on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html.slice(0, 160)) }));
  expect(found).toEqual([]);
}
