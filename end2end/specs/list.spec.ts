// The list at any size: filters and chips, columns, open rows, the selection, virtual rows, live rows, and what goes wrong.
import type { Locator, Page } from "@playwright/test";
import type { Cloud } from "../support/api.ts";
import { alert, expectAccessible, expectList, heading, holdBack, rowOf, search, signIn } from "../support/app.ts";
import { anyQcow2, sparse } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

const table = (page: Page): Locator => page.getByRole("table", { name: "Images" });
const filters = (page: Page): Locator => page.getByRole("region", { name: "Filters" });
const chips = (page: Page): Locator => page.getByRole("list", { name: "Active filters" }).getByRole("listitem");
const openFilters = (page: Page): Promise<void> => page.getByRole("button", { name: /^Filters/ }).click();
const box = (page: Page, name: string): Locator => page.getByRole("checkbox", { name: `Select ${name}`, exact: true });
const all = (page: Page): Locator => page.getByRole("checkbox", { name: "Select all that are shown" });
const selection = (page: Page): Locator => page.getByRole("region", { name: "Selection" });

/** Chooses from a filter's list the value whose words begin so. */
async function choose(page: Page, filter: string, value: string): Promise<void> {
  const list = filters(page).getByLabel(filter, { exact: true });
  const option = list.getByRole("option", { name: new RegExp(`^${value}`) }).first();
  await list.selectOption((await option.getAttribute("value")) ?? "");
}

async function chosenChips(page: Page, ...names: (string | RegExp)[]): Promise<void> {
  await expect(chips(page)).toHaveText(names);
}

/** How many rows stand in the window. */
const seen = (page: Page): Promise<number> =>
  table(page)
    .getByRole("row")
    .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect()).filter((row) => row.top > 0 && row.bottom < innerHeight).length);

/** Makes so many images of a name, numbered. */
async function makeMany(api: Cloud, count: number, mark: string): Promise<void> {
  for (let at = 0; at < count; at += 25) {
    const some = Array.from({ length: Math.min(25, count - at) }, (_, more) => String(at + more).padStart(4, "0"));
    await Promise.all(some.map((number) => api.createImage({ name: `${mark}-${number}`, disk_format: "raw", container_format: "bare" })));
  }
}

test.describe("filters", () => {
  test("narrow the list by what its images have, stand in the address, and are taken away chip by chip", { tag: "@cloud" }, async ({ page, member }) => {
    const api = await member.api();
    const mark = unique("tag");
    const raw = await api.createImage({ name: unique("raw"), disk_format: "raw", container_format: "bare", tags: [mark], os_distro: mark });
    const iso = await api.createImage({ name: unique("iso"), disk_format: "iso", container_format: "bare", tags: [mark, `${mark}-2`], protected: true });
    const rest = await api.createImage({ name: unique("rest"), disk_format: "raw", container_format: "bare" });
    await signIn(page, member);
    await openFilters(page);
    await choose(page, "Tag", `${mark} \\(2\\)`);
    await chosenChips(page, `Tag: ${mark}`);
    await expect(rowOf(page, raw.name)).toBeVisible();
    await expect(rowOf(page, iso.name)).toBeVisible();
    await expect(rowOf(page, rest.name)).toHaveCount(0);

    await choose(page, "Format", "ISO");
    await choose(page, "Protected", "Yes");
    await choose(page, "Status", "Queued");
    await expect(rowOf(page, raw.name)).toHaveCount(0);
    await expect(rowOf(page, iso.name)).toBeVisible();
    await expect(page).toHaveURL(/tag=.*&protected=yes|protected=yes.*/);
    await page.reload();
    await expect(rowOf(page, iso.name)).toBeVisible();
    await expect(chips(page)).toHaveCount(4);
    await expect(page.getByRole("button", { name: "Filters (4)" })).toBeVisible();

    for (const chip of [/Format: /, /Protected: Yes/, /Status: Queued/]) await page.getByRole("button", { name: chip }).click();
    await chosenChips(page, `Tag: ${mark}`);
    await expect(rowOf(page, raw.name)).toBeVisible();
    await page.goBack();
    await expect(chips(page)).toHaveCount(2);
    await page.getByRole("button", { name: "Clear all" }).click();
    await expect(chips(page)).toHaveCount(0);
    await expect(rowOf(page, rest.name)).toBeVisible();
    await expect(page).toHaveURL(/\/images$/);
  });

  test("by size, minimums, dates and flavor", { tag: "@cloud" }, async ({ page, member }) => {
    const api = await member.api();
    const mark = unique("limits");
    const small = await api.createImage({ name: `${mark}-small`, min_disk: 1, min_ram: 64 }, anyQcow2());
    const large = await api.createImage({ name: `${mark}-large`, min_disk: 2000, min_ram: 999_999 }, anyQcow2());
    await signIn(page, member, `/images?q=${mark}`);
    await expect(rowOf(page, large.name)).toBeVisible();
    await openFilters(page);
    const set = async (name: string, value: string) => {
      await filters(page).getByLabel(name, { exact: true }).fill(value);
      await filters(page).getByLabel(name, { exact: true }).press("Tab");
    };
    for (const [name, value, chip] of [
      ["Min disk up to (GB)", "1999", "Min disk up to: 1999 GB"],
      ["Min RAM up to (MB)", "100", "Min RAM up to: 100 MB"],
    ]) {
      await set(name, value);
      await chosenChips(page, chip);
      await expect(rowOf(page, large.name)).toHaveCount(0);
      await expect(rowOf(page, small.name)).toBeVisible();
      await set(name, "");
      await expect(rowOf(page, large.name)).toBeVisible();
    }
    await set("Size from (MB)", "100");
    await chosenChips(page, "Size from: 100 MB");
    await expect(page.getByText("No image matches")).toBeVisible();
    await set("Size from (MB)", "");
    await set("Size up to (MB)", "0.001");
    await expect(page.getByText("No image matches")).toBeVisible();
    await set("Size up to (MB)", "");
    await set("Created since", "2020-01-31");
    await expect(rowOf(page, small.name)).toBeVisible();
    await set("Updated since", "2999-01-31");
    await expect(page.getByText("No image matches")).toBeVisible();
    await expect(page).toHaveURL(/updated_since=2999-01-31/);
    await page.getByRole("button", { name: /Updated since/ }).click();
    await choose(page, "Fits flavor", "m1.small");
    await expect(chips(page).filter({ hasText: "Fits flavor: m1.small" })).toBeVisible();
    await expect(rowOf(page, small.name)).toBeVisible();
    await expect(rowOf(page, large.name)).toHaveCount(0);
  });

  test.describe("far east", () => {
    test.use({ timezoneId: "Asia/Shanghai" });
    test("a day is the person's own, and the same moment for everybody in the address", async ({ page, member }) => {
      const image = await (await member.api()).createImage({ name: unique("today") }, anyQcow2());
      await signIn(page, member);
      await openFilters(page);
      const since = filters(page).getByLabel("Created since", { exact: true });
      await since.fill("2020-01-31");
      await since.press("Tab");
      await chosenChips(page, /Created since: Jan 31, 2020/);
      await expect.poll(() => new URL(page.url()).searchParams.get("created_since")).toBe("2020-01-30T16:00:00Z");
      await expect(rowOf(page, image.name)).toBeVisible();
      await page.reload();
      await chosenChips(page, /Created since: Jan 31, 2020/);
      await openFilters(page);
      await expect(since).toHaveValue("2020-01-31");
    });
  });

  test("in a link from a colleague are all there, and what they name that is unknown harms nothing", async ({ page, member }) => {
    await signIn(page, member, "/images?status=thawing&format=raw&hidden=no&size_min=1048576&flavor=no-such-flavor&nonsense=1&sort=-size");
    await expect(page.getByText("No image matches")).toBeVisible();
    await expect(chips(page)).toHaveCount(5);
    await expect(chips(page).filter({ hasText: "Status: thawing" })).toBeVisible();
    await expect(chips(page).filter({ hasText: "Size from: 1 MB" })).toBeVisible();
    await page.getByRole("main").getByRole("button", { name: "Clear all" }).last().click();
    await expectList(page);
  });

  test("hold any sign, as the search does, in the address and over a reload", async ({ page, member }) => {
    const api = await member.api();
    const odd = `a=b&c#d+e %2B ${unique("f")}`;
    const [q, tag] = [`${odd} name`, `${odd} tag`];
    const image = await api.createImage({ name: q, tags: [tag] });
    const untagged = await api.createImage({ name: `${q}, too` });
    await signIn(page, member);
    await search(page, q);
    await expect(rowOf(page, untagged.name)).toBeVisible();
    await openFilters(page);
    const list = filters(page).getByLabel("Tag", { exact: true });
    await list.selectOption((await list.getByRole("option").filter({ hasText: tag }).getAttribute("value")) ?? "");
    for (const isAgain of [false, true]) {
      if (isAgain) await page.reload();
      await chosenChips(page, `Tag: ${tag}`);
      await expect(page.getByRole("searchbox", { name: "Search images" })).toHaveValue(q);
      await expect(rowOf(page, image.name)).toBeVisible();
      await expect(rowOf(page, untagged.name)).toHaveCount(0);
      await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ q, tag });
    }
    await page.getByRole("button", { name: /Remove filter Tag/ }).click();
    await expect(rowOf(page, untagged.name)).toBeVisible();
    await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ q });
  });

  test("show hidden and community images, which other consoles never do", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
    const api = await member.api();
    const hidden = await api.createImage({ name: unique("hidden"), os_hidden: true });
    const other = await (await account("member", await steward.project("elsewhere"))).api();
    const community = await other.createImage({ name: unique("community"), visibility: "community" });
    await signIn(page, member);
    await openFilters(page);
    await choose(page, "Hidden", "Yes");
    await expect(rowOf(page, hidden.name)).toBeVisible();
    await expect(rowOf(page, community.name)).toHaveCount(0);
    await page.getByRole("button", { name: /Remove filter Hidden/ }).click();
    await choose(page, "Visibility", "Community");
    await expect(rowOf(page, community.name)).toBeVisible();
  });

  test("have the administrator's own project preset under Yours, and take it away for the whole cloud", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
    const there = await (await member.api()).createImage({ name: unique("elsewhere") });
    const project = await steward.project("offices");
    const boss = await account("admin", project);
    const here = await (await boss.api()).createImage({ name: unique("office") });
    await signIn(page, boss, "/images?tab=yours");
    await expect(rowOf(page, here.name)).toBeVisible();
    await expect(rowOf(page, there.name)).toHaveCount(0);
    await page.getByRole("button", { name: /Remove filter Project: / }).click();
    await expect(page.getByRole("tab", { name: "All" })).toHaveAttribute("aria-selected", "true");
    await expect(rowOf(page, there.name)).toBeVisible();
    await openFilters(page);
    await choose(page, "Owner", member.project.name);
    await expect(rowOf(page, there.name)).toBeVisible();
    await expect(rowOf(page, here.name)).toHaveCount(0);
    await search(page, member.project.name);
    await expect(rowOf(page, there.name)).toBeVisible();
  });
});

test("columns that were put away stay away, and all come back", { tag: "@cloud" }, async ({ page, member }) => {
  await signIn(page, member);
  const head = (name: string) => table(page).getByRole("columnheader", { name });
  const item = (name: string) => page.getByRole("menuitemcheckbox", { name });
  await expect(head("Owner")).toBeVisible();
  await page.getByRole("button", { name: "Columns" }).click();
  await item("Owner").click();
  await item("Min RAM").click();
  await expect(item("Owner")).toHaveAttribute("aria-checked", "false");
  await page.keyboard.press("Escape");
  for (const name of ["Owner", "Min RAM"]) await expect(head(name)).toHaveCount(0);
  await page.reload();
  await expect(head("Size")).toBeVisible();
  for (const name of ["Owner", "Min RAM"]) await expect(head(name)).toHaveCount(0);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitem", { name: "Show all" }).click();
  for (const name of ["Owner", "Min RAM"]) await expect(head(name)).toBeVisible();
});

test("an open row tells the rest, and which flavors fit", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const name = unique("open");
  const asked: string[] = [];
  page.on("request", (request) => /\/flavors\b/.test(request.url()) && asked.push(request.url()));
  const properties = { os_distro: "debian", os_version: "13", hw_architecture: "x86_64", tags: ["gold"], min_ram: 1 };
  const image = await api.createImage({ name, ...properties }, anyQcow2());
  const stored = await api.call("GET", `${api.image}/images/${image.id}`);
  await signIn(page, member, `/images?q=${name}`);
  const button = page.getByRole("button", { name: `Details of ${name}` });
  await expect(button).toHaveAttribute("aria-expanded", "false");
  expect(asked).toEqual([]);
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(button).toHaveAttribute("aria-expanded", "true");
  const details = table(page).getByRole("row").filter({ hasText: image.id });
  for (const fact of [stored.checksum, stored.os_hash_value, "bare", "x86_64", "os_distro=debian", "os_version=13", "gold"]) await expect(details).toContainText(fact);
  const { flavors } = await api.call("GET", `${api.compute}/flavors/detail`);
  await expect(details).toContainText(flavors[0].name);
  await expectAccessible(page);
  await button.press("Enter");
  await expect(details).toHaveCount(0);
});

test("a row that shows another image has nothing left of the one before, nor takes the focus to it", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const mark = unique("turn");
  const [one, other] = [`${mark}-one`, `${mark}-other`];
  await api.createImage({ name: one, protected: true, min_ram: 1, min_disk: 1 }, anyQcow2());
  await api.createImage({ name: other, disk_format: "raw", container_format: "bare" });
  const details = (name: string) => page.getByRole("button", { name: `Details of ${name}` });
  // What is drawn, but for the numbers in ids.
  const drawn = async (name: string) => (await rowOf(page, name).evaluate((row) => row.outerHTML)).replace(/="[a-z]+-\d+"/g, "");
  // As Back does, which leaves the focus where it is.
  const show = async (name: string) => {
    await page.evaluate((address) => (history.pushState(null, "", address), dispatchEvent(new PopStateEvent("popstate"))), `/images?q=${name}`);
    await expect(rowOf(page, name)).toBeVisible();
    await expect(table(page).getByRole("checkbox")).toHaveCount(2);
  };
  await signIn(page, member, `/images?q=${other}`);
  await expect(rowOf(page, other)).toBeVisible();
  const fresh = await drawn(other);
  await show(one);
  await details(one).click();
  await box(page, one).check();
  await expect(box(page, one)).toBeFocused();
  await show(other);
  await expect(box(page, other)).not.toBeFocused();
  await expect(box(page, other)).not.toBeChecked();
  // Without the focus the row of the one is used for the other.
  await show(one);
  await expect(box(page, one)).toBeChecked();
  await expect(details(one)).toHaveAttribute("aria-expanded", "true");
  await rowOf(page, one).evaluate((row) => {
    const touched: (string | null)[] = [];
    new MutationObserver((changes) => touched.push(...changes.map((it) => it.attributeName))).observe(row, { attributes: true, subtree: true });
    Object.assign(row, { isMarked: true, touched });
  });
  await show(other);
  expect(await rowOf(page, other).evaluate((row) => "isMarked" in row)).toBe(true);
  // Only what differs is set: a view that is made anew would set all of its attributes.
  const touched = await rowOf(page, other).evaluate((row) => Reflect.get(row, "touched"));
  expect(touched).toContain("data-id");
  for (const same of ["class", "type", "data-kind", "scope"]) expect(touched).not.toContain(same);
  expect(await drawn(other)).toBe(fresh);
  await expect(table(page).getByText("Checksum")).toHaveCount(0);
});

test("the picture of the storage says the same in words", async ({ page, member }) => {
  const api = await member.api();
  const mark = unique("room");
  await api.createImage({ name: `${mark}-1` }, anyQcow2());
  await api.createImage({ name: `${mark}-2`, disk_format: "raw", container_format: "bare" }, sparse(3 * 1024 * 1024));
  await signIn(page, member, `/images?q=${mark}`);
  await page.getByText("Storage use by format").click();
  await expect(page.getByRole("listitem").filter({ hasText: /raw\s+3\sMB, 1 image$/ })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: /qcow2\s.*, 1 image$/ })).toBeVisible();
});

test.describe("the selection", () => {
  test("is kept through searches, filters and a look at an image, and can be cleared", async ({ page, member }) => {
    const api = await member.api();
    const mark = unique("pick");
    for (const letter of ["a", "b", "c"]) await api.createImage({ name: `${mark}-${letter}` });
    await signIn(page, member, `/images?q=${mark}`);
    await expect(selection(page)).toHaveCount(0);
    await box(page, `${mark}-a`).check();
    await expect(selection(page)).toContainText("1 selected");
    expect(await all(page).evaluate((it: HTMLInputElement) => it.indeterminate)).toBe(true);
    await all(page).check();
    await expect(selection(page)).toContainText("3 selected");
    await expect(box(page, `${mark}-c`)).toBeChecked();
    await box(page, `${mark}-b`).uncheck();
    await search(page, `${mark}-c`);
    await expect(selection(page)).toContainText("2 selected, 1 of them not shown");
    await expect(all(page)).toBeChecked();
    await rowOf(page, `${mark}-c`).getByRole("link", { name: `${mark}-c` }).click();
    await expect(heading(page, `${mark}-c`)).toBeVisible();
    await page.goBack();
    await expect(selection(page)).toContainText("2 selected, 1 of them not shown");
    await page.getByRole("button", { name: "Clear selection" }).click();
    await expect(selection(page)).toHaveCount(0);
    await expect(all(page)).not.toBeChecked();
  });

  test("begins when there are rows: while they are loading, there is nothing to tick", async ({ page, member }) => {
    const { name } = await (await member.api()).createImage({ name: unique("wait") });
    const release = await holdBack(page, "**/v2/images?*");
    // Of all images, more may come after the tick, which then are not among those that were ticked.
    await signIn(page, member, `/images?q=${name}`);
    await expect(all(page)).toBeDisabled();
    release();
    await expect(rowOf(page, name)).toBeVisible();
    await all(page).check();
    await expect(selection(page)).toContainText("1 selected");
    await expect(all(page)).toBeChecked();
  });

  test("forgets an image that is deleted elsewhere", { tag: "@cloud" }, async ({ page, member }) => {
    const api = await member.api();
    const mark = unique("gone");
    const image = await api.createImage({ name: `${mark}-a` });
    await api.createImage({ name: `${mark}-b` });
    await signIn(page, member, `/images?q=${mark}`);
    await all(page).check();
    await expect(selection(page)).toContainText("2 selected");
    await api.call("DELETE", `${api.image}/images/${image.id}`);
    await expect(selection(page)).toContainText("1 selected");
  });
});

test.describe("several hundred images", () => {
  const COUNT = 400;

  test("are all found, scrolled through and come back to, with few rows in the page", async ({ page, member }) => {
    test.slow();
    const api = await member.api();
    const mark = unique("many");
    await makeMany(api, COUNT, mark);
    await signIn(page, member, `/images?tab=yours&sort=name&q=${mark}`);
    const number = (at: number) => `${mark}-${String(at).padStart(4, "0")}`;
    await expect(table(page)).toHaveAttribute("aria-rowcount", String(COUNT + 1));
    await expect(rowOf(page, number(0))).toHaveAttribute("aria-rowindex", "2");
    const drawn = () => table(page).getByRole("row").count();
    expect(await drawn()).toBeLessThan(120);
    await expect(rowOf(page, number(COUNT - 1))).toHaveCount(0);

    await page.keyboard.press("End");
    await expect(rowOf(page, number(COUNT - 1))).toBeInViewport();
    await expect(rowOf(page, number(COUNT - 1))).toHaveAttribute("aria-rowindex", String(COUNT + 1));
    await expect(rowOf(page, number(0))).toHaveCount(0);
    expect(await drawn()).toBeLessThan(120);

    // Half way up again, into an image, and back to the same place.
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    const middle = rowOf(page, number(COUNT / 2));
    await expect(middle).toBeInViewport();
    await middle.getByRole("link", { name: number(COUNT / 2), exact: true }).click();
    await expect(heading(page, number(COUNT / 2))).toBeVisible();
    await page.goBack();
    await expect(middle).toBeInViewport();

    await page.evaluate(() => scrollTo(0, 0));
    await search(page, number(333));
    await expect(rowOf(page, number(333))).toBeInViewport();
    await expect(table(page)).toHaveAttribute("aria-rowcount", "2");

    await search(page, mark);
    await all(page).check();
    await expect(selection(page)).toContainText(`${COUNT} selected`);
  });

  test("stay where one has scrolled to, however far at once", async ({ page, member }) => {
    const mark = unique("jump");
    await makeMany(await member.api(), 200, mark);
    await signIn(page, member, `/images?tab=yours&sort=name&q=${mark}`);
    await expect(table(page)).toHaveAttribute("aria-rowcount", "201");
    await expect(rowOf(page, `${mark}-0000`)).toBeInViewport();
    await page.mouse.move(700, 500);
    // By more and by less than a window, so that some of the drawn rows are seen before and after.
    let place = 0;
    for (const by of [1000, 700, 300, 1300, -1000, 600, 400, 1000, -800, -200, 1000, 1000]) {
      await page.mouse.wheel(0, by);
      place += by;
      await expect.poll(() => page.evaluate(() => scrollY)).toBe(place);
      await expect.poll(() => seen(page)).toBeGreaterThan(12);
      // Nor does it move once all rows around are drawn.
      await page.evaluate(async () => {
        for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
      });
      expect(await page.evaluate(() => scrollY)).toBe(place);
    }
  });

  test("are drawn beyond what is seen, too, however fast one types", async ({ page, member }) => {
    const mark = unique("fast");
    await makeMany(await member.api(), 60, mark);
    await signIn(page, member, `/images?tab=yours&sort=name&q=${mark}`);
    await expect(table(page)).toHaveAttribute("aria-rowcount", "61");
    const beyond = async () => (await table(page).getByRole("row").count()) - 1 - (await seen(page));
    await expect.poll(beyond).toBeGreaterThan(3);
    // The second before the rows around what the first has found are drawn, and it finds as many.
    await page.getByRole("searchbox", { name: "Search images" }).evaluate(async (box: HTMLInputElement, texts) => {
      for (const text of texts) {
        box.value = text;
        box.dispatchEvent(new InputEvent("input", { bubbles: true }));
        await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
      }
    }, [`${mark}-`, `${mark}-0`]);
    await expect.poll(beyond).toBeGreaterThan(3);
    await expect(table(page)).toHaveAttribute("aria-rowcount", "61");
  });

  test("and more than a thousand, which Glance gives in pages, are all found", async ({ page, member }) => {
    test.slow();
    const mark = unique("page");
    const one = await (await member.api()).createImage({ name: mark }, anyQcow2());
    const number = (at: number) => String(at).padStart(4, "0");
    const rows = Array.from({ length: 1200 }, (_, at) => ({ ...one, id: `00000000-0000-4000-8000-00000000${number(at)}`, name: `${mark}-${number(at)}` }));
    const markers: (string | null)[] = [];
    await page.route(/\/v2\/images\?/, async (route) => {
      const { searchParams: query } = new URL(route.request().url());
      // The listings of hidden, community and offered images, and of what has changed, are the cloud's own.
      if ([...query.keys()].some((it) => it !== "limit" && it !== "marker")) return route.fallback();
      const marker = query.get("marker");
      markers.push(marker);
      // As Glance does: 25 where nothing is asked for, never more than 1,000.
      const limit = Math.min(Number(query.get("limit") ?? 25), 1000);
      const start = rows.findIndex((it) => it.id === marker) + 1;
      const images = rows.slice(start, start + limit);
      const next = start + limit < rows.length ? { next: `/v2/images?limit=${limit}&marker=${images.at(-1)?.id}` } : {};
      await route.fulfill({ json: { images, first: "/v2/images", schema: "/v2/schemas/images", ...next } });
    });
    await signIn(page, member, `/images?tab=yours&sort=name&q=${mark}`);
    await expect(page.getByRole("status").filter({ hasText: /^1,200 / })).toBeVisible();
    await expect(table(page)).toHaveAttribute("aria-rowcount", "1201");
    expect(markers.length).toBeGreaterThan(1);
    await page.keyboard.press("End");
    await expect(rowOf(page, `${mark}-1199`)).toBeInViewport();
    await search(page, `${mark}-1001`);
    await expect(rowOf(page, `${mark}-1001`)).toBeInViewport();
    await search(page, mark);
    await all(page).check();
    await expect(selection(page)).toContainText("1,200 selected");
  });

  test("are cards on a phone, scrolled through to the last, with no sideways scrolling", async ({ page, member }) => {
    test.slow();
    const api = await member.api();
    const mark = unique("cards");
    await makeMany(api, COUNT, mark);
    await page.setViewportSize({ width: 390, height: 844 });
    await signIn(page, member, `/images?tab=yours&sort=name&q=${mark}`);
    await expect(rowOf(page, `${mark}-0000`)).toBeInViewport();
    for (let step = 0; step < 6; step++) {
      await page.evaluate(() => scrollBy(0, 12_000));
      await expect(table(page).getByRole("checkbox", { name: /^Select cards/ }).first()).toBeAttached();
    }
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect(rowOf(page, `${mark}-0399`)).toBeInViewport();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(await table(page).getByRole("row").count()).toBeLessThan(120);
  });
});

test.describe("what goes wrong", () => {
  test("a failed look at a passing image is tried again, and never takes the row away", async ({ page, member }) => {
    const api = await member.api();
    const image = await api.createImage({ name: unique("passing") });
    let failures = 0;
    await page.route(`**/v2/images/${image.id}`, async (route) => {
      if (failures++ < 2) await route.fulfill({ status: 503, contentType: "text/html", body: "<h1>Busy</h1>" });
      else await route.fallback();
    });
    await signIn(page, member);
    await expect(rowOf(page, image.name)).toContainText("Queued");
    await expect.poll(() => failures, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
    await expect(rowOf(page, image.name)).toContainText("Queued");
    await expect(alert(page, /\S/)).toHaveCount(0);
    await api.uploadImage(image.id, anyQcow2());
    await expect(rowOf(page, image.name)).toContainText("Active", { timeout: 20_000 });
  });

  test("of many passing images each is asked for again, by few requests", { tag: "@cloud" }, async ({ page, member }) => {
    const api = await member.api();
    const mark = unique("many");
    const make = (what: string, more = {}) => api.createImage({ name: `${mark}-${what}`, ...more });
    const plain = await Promise.all([...Array(12).keys()].map((number) => make(`${number}`)));
    const hidden = await Promise.all([...Array(7).keys()].map((number) => make(`hidden-${number}`, { os_hidden: true })));
    const gone = await make("gone");
    // Rows out of sight are not in the page.
    await page.setViewportSize({ width: 1440, height: 2400 });
    const singly = new Set<string>();
    const together: string[][] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      const ids = url.searchParams.get("id");
      if (ids) together.push(ids.replace(/^in:/, "").split(","));
      const id = /\/v2\/images\/([0-9a-f-]{36})$/.exec(url.pathname)?.[1];
      if (id) singly.add(id);
    });
    await signIn(page, member, `/images?q=${mark}`);
    await expect(rowOf(page, hidden[6].name)).toContainText("Queued");
    // So that it is not learned from what has changed since: that is asked, too.
    await page.route(/updated_at=/, (route) => route.abort());
    await api.call("DELETE", `${api.image}/images/${gone.id}`);
    const finished = [plain[0], plain[11], hidden[3]];
    for (const image of finished) await api.uploadImage(image.id, anyQcow2());
    for (const { name } of finished) await expect(rowOf(page, name)).toContainText("Active", { timeout: 30_000 });
    await expect(rowOf(page, gone.name)).toHaveCount(0, { timeout: 30_000 });
    const untouched = [...plain.slice(1, 11), ...hidden.slice(0, 3)].map((image) => image.id);
    for (const id of untouched) expect(together.some((ids) => ids.includes(id))).toBe(true);
    expect(singly).toContain(gone.id);
    expect(untouched.filter((id) => singly.has(id))).toEqual([]);
  });

  test("rows that are no images are told, and the others shown", async ({ page, member }) => {
    await page.route(/\/v2\/images\?limit=50$/, async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      await route.fulfill({ response: answer, json: { ...body, images: [null, { name: "no id" }, 7, ...body.images] } });
    });
    await signIn(page, member);
    await expectList(page);
    await expect(page.getByText("3 entries of the cloud’s answer")).toBeVisible();
  });

  test("a listing that fails keeps the rows and says so", async ({ page, member }) => {
    await signIn(page, member);
    await expectList(page);
    await page.route(/\/v2\/images\?/, (route) => route.fulfill({ status: 500, contentType: "text/html", body: "<h1>500 Broken</h1>" }));
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(alert(page, /could not be brought up to date/)).toBeVisible();
    await expectList(page);
    await page.unroute(/\/v2\/images\?/);
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(alert(page, /\S/)).toHaveCount(0);
  });

  test("a listing that fails takes nothing from the others, nor its own rows", async ({ page, member, account, steward }) => {
    const api = await member.api();
    const others = await (await account("member", await steward.project())).api();
    const name = unique("listed");
    const gone = await api.createImage({ name: `${name}-gone` }, anyQcow2());
    const community = await others.createImage({ name: `${name}-community`, visibility: "community" }, anyQcow2());
    await page.route(/\/v2\/images\?.*visibility=community/, (route) => route.fulfill({ status: 500, body: "Broken" }));
    // Hidden ones are listed after it.
    await api.createImage({ name: `${name}-hidden`, os_hidden: true }, anyQcow2());
    await signIn(page, member, `/images?q=${name}`);
    await expect(alert(page, /could not be brought up to date/)).toBeVisible();
    await expect(rowOf(page, `${name}-hidden`)).toBeVisible();
    await page.unroute(/\/v2\/images\?.*visibility=community/);
    await alert(page, /brought up to date/).getByRole("button", { name: "Try again" }).click();
    await expect(alert(page, /\S/)).toHaveCount(0);
    await expect(rowOf(page, community.name)).toBeVisible();

    await page.route(/\/v2\/images\?.*visibility=community/, (route) => route.fulfill({ status: 500, body: "Broken" }));
    await api.call("DELETE", `${api.image}/images/${gone.id}`);
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(rowOf(page, gone.name)).toHaveCount(0);
    await expect(rowOf(page, community.name)).toBeVisible();
  });
});

test("what is deleted elsewhere is gone once somebody who was away comes back", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("away") }, anyQcow2());
  await page.clock.install();
  await signIn(page, member);
  await expect(rowOf(page, image.name)).toBeVisible();
  await page.clock.runFor(1_000);
  await expect(page.getByRole("status").filter({ hasText: /\d images$/ })).toBeVisible();
  await page.evaluate(() => {
    document.hasFocus = () => false;
    dispatchEvent(new Event("blur"));
  });
  await api.call("DELETE", `${api.image}/images/${image.id}`);
  await page.clock.fastForward(90_000);
  await page.evaluate(() => {
    document.hasFocus = () => true;
    dispatchEvent(new Event("focus"));
  });
  await expect(rowOf(page, image.name)).toHaveCount(0);
});

test("what is deleted elsewhere is gone after five minutes, though nobody was away", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("stale") }, anyQcow2());
  await page.clock.install();
  await signIn(page, member);
  await expect(rowOf(page, image.name)).toBeVisible();
  await page.clock.runFor(1_000);
  await expect(page.getByRole("status").filter({ hasText: /\d images$/ })).toBeVisible();
  await api.call("DELETE", `${api.image}/images/${image.id}`);
  // Who asks only what has changed is not told.
  const changes = page.waitForResponse(/\/v2\/images\?.*os_hidden=true.*updated_at=gte|\/v2\/images\?.*updated_at=gte.*os_hidden=true/);
  await page.clock.runFor(31_000);
  await changes;
  await expect(rowOf(page, image.name)).toBeVisible();
  await page.clock.fastForward("05:00");
  // The next look comes half a minute after the last one is over, whenever that is.
  await expect(async () => {
    await page.clock.fastForward("00:31");
    await expect(rowOf(page, image.name)).toHaveCount(0, { timeout: 2000 });
  }).toPass();
});

test("a list that is slow to answer can be stopped, and asked again", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("slow") }, anyQcow2());
  await signIn(page, member);
  await expect(rowOf(page, image.name)).toBeVisible();
  const [refresh, stop] = ["Refresh", "Stop"].map((name) => page.getByRole("button", { name, exact: true }));
  await expect(refresh).toBeVisible();
  // No answer, for as long as anybody waits.
  await page.route(/\/v2\/images\?/, () => {});
  const given = page.waitForEvent("requestfailed", (request) => request.url().includes("/v2/images?"));
  await refresh.click();
  await stop.click();
  await given;
  await expect(refresh).toBeVisible();
  await expect(alert(page, /\S/)).toHaveCount(0);
  await expect(rowOf(page, image.name)).toBeVisible();
  await page.unroute(/\/v2\/images\?/);
  await api.call("DELETE", `${api.image}/images/${image.id}`);
  await refresh.click();
  await expect(rowOf(page, image.name)).toHaveCount(0);

  // A first answer that does not come leaves nothing but the reason, and another try.
  await page.route(/\/v2\/images\?/, () => {});
  await page.reload();
  await stop.click();
  await expect(alert(page, "could not be listed")).toBeVisible();
  await page.unroute(/\/v2\/images\?/);
  await alert(page, "could not be listed").getByRole("button", { name: "Try again" }).click();
  await expectList(page);
});

test("a first listing that is stopped half-way says so; one that failed is tried again by itself", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("first-page") }, anyQcow2());
  await page.clock.install();
  // The list's own first page comes, and says that there are more; these don't.
  await page.route(/\/v2\/images\?limit=50$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), next: `/v2/images?limit=50&marker=${image.id}` } });
  });
  await page.route(/\/v2\/images\?.*marker=/, () => {});
  await signIn(page, member);
  await expect(rowOf(page, image.name)).toBeVisible();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: /^\d+ loaded, there are more/ })).toBeVisible();
  await expect(alert(page, /\S/)).toHaveCount(0);
  // Whoever stops it is not asked again.
  await page.clock.runFor(65_000);
  await expect(page.getByRole("status").filter({ hasText: /loaded, there are more/ })).toBeVisible();

  await page.unroute(/\/v2\/images\?.*marker=/);
  await page.route(/\/v2\/images\?/, (route) => route.fulfill({ status: 503, body: "Away" }));
  await page.reload();
  await expect(alert(page, "could not be listed")).toBeVisible();
  await page.unroute(/\/v2\/images\?/);
  await page.unroute(/\/v2\/images\?limit=50$/);
  await page.clock.runFor(31_000);
  await expect(rowOf(page, image.name)).toBeVisible();
  await expect(alert(page, /\S/)).toHaveCount(0);
});

test("a cloud that gives the same page for ever is asked for it once more", async ({ page, member }) => {
  const image = await (await member.api()).createImage({ name: unique("again") }, anyQcow2());
  let asked = 0;
  await page.route(/\/v2\/images\?limit=\d+(&marker=[^&]+)?$/, async (route) => {
    asked += 1;
    await route.fulfill({ json: { images: [image], next: `/v2/images?limit=50&marker=${image.id}` } });
  });
  await signIn(page, member);
  await expect(alert(page, "a page of images comes again")).toBeVisible();
  await expect(rowOf(page, image.name)).toBeVisible();
  expect(asked).toBe(2);
});

test("nothing is asked for an hour in a hidden tab, and all of it when somebody comes back", async ({ page, member }) => {
  const api = await member.api();
  const gone = await api.createImage({ name: unique("gone") }, anyQcow2());
  // One that is on its way would be asked for again and again.
  await api.createImage({ name: unique("queued") });
  await page.clock.install();
  await signIn(page, member);
  await expect(rowOf(page, gone.name)).toBeVisible();
  await page.clock.runFor(10_000);
  const hide = (isHidden: boolean) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
  await hide(true);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await api.call("DELETE", `${api.image}/images/${gone.id}`);
  // What was under way when it was hidden may end; that takes real time, whatever the clock says.
  await page.clock.runFor(60_000);
  await expect(page.getByRole("button", { name: "Refresh", exact: true })).toBeVisible();
  await page.waitForLoadState("networkidle");
  asked.length = 0;
  await page.clock.runFor(59 * 60_000);
  expect(asked).toEqual([]);
  await hide(false);
  await expect(rowOf(page, gone.name)).toHaveCount(0);
});

test("an image that goes while the list is read costs no row but its own", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const names: string[] = [];
  for (let i = 0; i < 60; i += 1) names.push((await api.createImage({ name: unique("many") })).name);
  let deleted = "";
  // Glance refuses a marker that is gone: the last one of the first page goes before the second is asked for.
  await page.route(/\/v2\/images\?.*marker=/, async (route) => {
    const marker = new URL(route.request().url()).searchParams.get("marker");
    if (!deleted && marker) {
      deleted = (await api.getImage(marker)).name;
      await api.call("DELETE", `${api.image}/images/${marker}`);
    }
    await route.continue();
  });
  const refused = page.waitForResponse((answer) => answer.status() === 400);
  await signIn(page, member, "/images?tab=yours");
  await refused;
  expect(names).toContain(deleted);
  await expect(page.getByRole("status").filter({ hasText: /59 of|59 images/ })).toBeVisible();
  await expect(alert(page, /\S/)).toHaveCount(0);
});

test("what is made elsewhere is in the list half a minute later, by asking only for what has changed", async ({ page, member }) => {
  const api = await member.api();
  const before = await api.createImage({ name: unique("before") }, anyQcow2());
  await page.clock.install();
  await signIn(page, member);
  await expect(rowOf(page, before.name)).toBeVisible();
  await page.clock.runFor(1_000);
  const after = await api.createImage({ name: unique("after") }, anyQcow2());
  const asked = page.waitForRequest(/\/v2\/images\?.*updated_at=gte/);
  await page.clock.runFor(31_000);
  await asked;
  await expect(rowOf(page, after.name)).toBeVisible();
});
