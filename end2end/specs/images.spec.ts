import { alert, expectAllowed, expectList, expectMessage, expectRefused, heading, rowAction, rowOf, search, signIn } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

test("the list shows what the project may use, with the main facts", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const name = unique("listed");
  const image = await api.createImage({ name, min_disk: 3, min_ram: 1536, protected: true }, anyQcow2());
  await signIn(page, member);
  const row = rowOf(page, name);
  for (const fact of ["You", "Active", "Private", /qcow2/i, "3 GB", "1536 MB"]) await expect(row).toContainText(fact);
  await search(page, "cirros-tiny");
  await expect(rowOf(page, "cirros-tiny")).toContainText("Public");
  await search(page, name);
  await row.getByRole("link", { name, exact: true }).click();
  await expect(heading(page, name)).toBeVisible();
  await expect(page.getByText(image.id).first()).toBeVisible();
});

test("the columns have the names of the specification", async ({ page, member }) => {
  await signIn(page, member);
  const table = page.getByRole("table", { name: "Images" });
  const names = ["Name", "Owner", "Type", "Status", "Visibility", "Protected", "Format", "Size", "Min disk", "Min RAM", "Updated"];
  for (const name of names) await expect(table.getByRole("columnheader", { name })).toBeVisible();
});

test("the tabs divide the images, and stand in the address", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
  const elsewhere = await steward.project("elsewhere");
  const other = await (await account("member", elsewhere)).api();
  const mine = await (await member.api()).createImage({ name: unique("mine") });
  const shared = await other.createImage({ name: unique("shared"), visibility: "shared" });
  await other.call("POST", `${other.image}/images/${shared.id}/members`, { member: member.project.id });
  const accept = await member.api();
  await accept.call("PUT", `${accept.image}/images/${shared.id}/members/${member.project.id}`, { status: "accepted" });
  const community = await other.createImage({ name: unique("community"), visibility: "community" });
  const hidden = await other.createImage({ name: unique("private-elsewhere") });
  const open = await (await (await account("admin", elsewhere)).api()).createImage({ name: unique("public"), visibility: "public" });

  await signIn(page, member);
  const holds: [string, string, string[]][] = [
    ["Yours", mine.name, [open.name, shared.name, community.name]],
    ["Public", open.name, [mine.name, shared.name, community.name]],
    ["Shared with you", shared.name, [mine.name, open.name, community.name]],
    ["Community", community.name, [mine.name, open.name, shared.name]],
  ];
  for (const [tab, has, lacks] of holds) {
    await page.getByRole("tab", { name: tab }).click();
    await expect(page.getByRole("tab", { name: tab })).toHaveAttribute("aria-selected", "true");
    await expect(rowOf(page, has)).toBeVisible();
    for (const name of [...lacks, hidden.name]) await expect(rowOf(page, name)).toHaveCount(0);
  }
  await page.reload();
  await expect(page.getByRole("tab", { name: "Community" })).toHaveAttribute("aria-selected", "true");
  await expect(rowOf(page, community.name)).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("tab", { name: "Shared with you" })).toHaveAttribute("aria-selected", "true");
});

test("the search box looks at name, id, tags and property values, and stands in the address", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const mark = unique("mark");
  const image = await api.createImage({ name: unique("Found"), tags: [`tag-${mark}`], os_distro: `distro-${mark}` });
  const rest = await api.createImage({ name: unique("rest") });
  await signIn(page, member);
  for (const text of [image.name.toUpperCase(), image.id, `tag-${mark}`, `distro-${mark}`]) {
    await search(page, text);
    await expect(rowOf(page, image.name)).toBeVisible();
    await expect(rowOf(page, rest.name)).toHaveCount(0);
  }
  await expect(page).toHaveURL(new RegExp(`distro-${mark}`));
  await page.reload();
  await expect(page.getByRole("searchbox", { name: "Search images" })).toHaveValue(`distro-${mark}`);
  await expect(rowOf(page, image.name)).toBeVisible();
  await expect(rowOf(page, rest.name)).toHaveCount(0);
  await search(page, unique("nothing like this"));
  await expect(page.getByText("No image matches", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Clear the search" }).click();
  await expect(page.getByRole("searchbox", { name: "Search images" })).toHaveValue("");
  // Nor does what was typed come back, once the typing would have rested.
  await expect(page).toHaveURL(/\/images$/);
  await page.waitForFunction((since) => performance.now() > since + 500, await page.evaluate(() => performance.now()));
  await expect(page.getByRole("searchbox", { name: "Search images" })).toHaveValue("");
  await expectList(page);
  await search(page, rest.name);
  await expect(rowOf(page, rest.name)).toBeVisible();
});

test("a column's head sorts the list, and once more the other way round; the address says which", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const mark = unique("sorted");
  // Neither by name nor by the minimum in the order in which they are made.
  for (const [name, min_ram] of [["b", 512], ["c", 256], ["a", 1024]] as const) await api.createImage({ name: `${mark}-${name}`, min_ram });
  await signIn(page, member, `/images?q=${mark}`);
  const table = page.getByRole("table", { name: "Images" });
  const order = () => table.getByRole("link", { name: new RegExp(`^${mark}-.$`) }).allTextContents();
  const names = (letters: string) => [...letters].map((letter) => `${mark}-${letter}`);
  for (const [head, ascending] of [["Name", "abc"], ["Min RAM", "cba"]] as const) {
    const columnHead = table.getByRole("columnheader", { name: head });
    const press = () => columnHead.getByRole("button").click();
    await press();
    const first = await columnHead.getAttribute("aria-sort");
    const other = first === "ascending" ? "descending" : "ascending";
    const reversed = [...ascending].reverse().join("");
    await expect.poll(order).toEqual(names(first === "ascending" ? ascending : reversed));
    await press();
    await expect(columnHead).toHaveAttribute("aria-sort", other);
    await expect.poll(order).toEqual(names(other === "ascending" ? ascending : reversed));
  }
  await expect(page).toHaveURL(/sort=/);
  const before = await order();
  await page.reload();
  await expect.poll(order).toEqual(before);
});

test("a row whose status is passing follows it by itself", async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("queued") });
  await signIn(page, member);
  const row = rowOf(page, image.name);
  await expect(row).toContainText("Queued");
  await api.uploadImage(image.id, anyQcow2());
  await expect(row).toContainText("Active");
});

test("a project without an image of its own is told what to do", { tag: "@cloud" }, async ({ page, member }) => {
  await signIn(page, member);
  await page.getByRole("tab", { name: "Yours" }).click();
  await expect(page.getByText(/^No images/)).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Create image" }).first().click();
  await expect(heading(page, "Create image")).toBeVisible();
});

test.describe("row actions", () => {
  test("say why they can't be used", async ({ page, member }) => {
    const api = await member.api();
    const guarded = await api.createImage({ name: unique("protected"), protected: true }, anyQcow2());
    const empty = await api.createImage({ name: unique("queued") });
    await signIn(page, member);
    await expectAllowed(page.getByRole("button", { name: `Launch ${guarded.name}` }).or(page.getByRole("link", { name: `Launch ${guarded.name}` })));
    const launch = rowOf(page, empty.name).getByRole("button", { name: `Launch ${empty.name}` });
    await expectRefused(launch, /status is .Queued/);

    await expectRefused(await rowAction(page, guarded.name, "Delete"), /Protected images can.t be deleted/);
    await expectRefused(page.getByRole("menuitem", { name: "Edit", exact: true }), /only administrators edit images/);
    await expectAllowed(page.getByRole("menuitem", { name: "Copy id", exact: true }));
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: `Actions for ${guarded.name}` })).toBeFocused();
    await search(page, "cirros-tiny");
    await expectRefused(await rowAction(page, "cirros-tiny", "Delete"), /Another project owns this image|only administrators/i);
  });

  test("are all there for a reader, refused with the reason", { tag: "@cloud" }, async ({ page, member, account }) => {
    const image = await (await member.api()).createImage({ name: unique("seen") }, anyQcow2());
    await signIn(page, await account("reader"));
    const because = /Your role in this project is reader/;
    await expectRefused(page.getByRole("button", { name: `Launch ${image.name}` }), because);
    await expectRefused(await rowAction(page, image.name, "Delete"), because);
    await expectRefused(page.getByRole("menuitem", { name: "Edit", exact: true }), because);
    await page.keyboard.press("Escape");
    const create = page.getByRole("main").getByRole("link", { name: "Create image" });
    await expectRefused(create.or(page.getByRole("main").getByRole("button", { name: "Create image" })).first(), because);
  });
});

test("the row's menu copies the image's id", async ({ page, context, member }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const image = await (await member.api()).createImage({ name: unique("copied") });
  await signIn(page, member);
  await (await rowAction(page, image.name, "Copy id")).click();
  await expectMessage(page, "Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(image.id);
});

test("hostile names and properties are text, whatever they look like", async ({ page, member }) => {
  const name = `<img src=x onerror="window.pwned=1"> ${unique("x")} \u202Egnp.exe`;
  const api = await member.api();
  const image = await api.createImage({ name, description: "<script>window.pwned=1</script>", homepage: "javascript:window.pwned=1" });
  await api.createImage({ name: `${unique("long")} ${"w".repeat(220)}`, story: "y".repeat(10_000) });
  await signIn(page, member);
  await expect(rowOf(page, name)).toBeVisible();
  await page.goto(`/images/${image.id}`);
  await expect(page.getByText("<script>window.pwned=1</script>").first()).toBeVisible();
  expect(await page.evaluate(() => (window as { pwned?: number }).pwned)).toBeUndefined();
  expect(await page.getByRole("link", { name: /javascript/ }).count()).toBe(0);
});

test("an image that is not there says so and leads back to the list", { tag: "@cloud" }, async ({ page, member }) => {
  await signIn(page, member);
  await page.goto("/images/00000000-0000-4000-8000-000000000000");
  await expect(alert(page, /404/)).toBeVisible();
});
