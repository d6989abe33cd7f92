import { alert, choose, expectMessage, expectRefused, heading, holdBack, rowOf, search, signIn } from "../support/app.ts";
import type { Cloud, Json } from "../support/api.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

/** The row of a project in the list of those that an image is shared with. */
function memberRow(page: Page, project: string) {
  return page.getByRole("table", { name: "Shared with" }).getByRole("row").filter({ hasText: project });
}

/** Fills the field and presses the button. */
async function addProject(page: Page, project: string) {
  await page.getByLabel("Project id or name", { exact: true }).fill(project);
  await page.getByRole("button", { name: "Add project", exact: true }).click();
}

async function members(api: Cloud, image: Json): Promise<Json[]> {
  return (await api.call("GET", `${api.image}/images/${image.id}/members`)).members;
}

/** An image of another project, offered to this one. */
async function offered(api: Cloud, project: { id: string }, name: string) {
  const image = await api.createImage({ name, visibility: "shared" }, anyQcow2());
  await api.call("POST", `${api.image}/images/${image.id}/members`, { member: project.id });
  return image;
}

test("a private image is made shared and offered in one go, told before", { tag: "@cloud" }, async ({ page, member, steward }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("to-share"), os_distro: "odd" }, anyQcow2());
  const friend = await steward.project("friend");
  await signIn(page, member, `/images/${image.id}/sharing`);
  await expect(heading(page, image.name)).toBeVisible();
  await expect(page).toHaveURL(/tab=sharing/);
  await addProject(page, friend.id);
  const dialog = page.getByRole("dialog", { name: "Make the image shared?" });
  await expect(dialog).toContainText(/private.*shared.*offered/s);
  await expect(dialog).toContainText(friend.id);
  expect((await api.getImage(image.id)).visibility).toBe("private");
  await dialog.getByRole("button", { name: "Make shared and add project" }).click();
  await expect(memberRow(page, friend.id)).toContainText("Pending");
  const after = await api.getImage(image.id);
  expect([after.visibility, after.os_distro]).toEqual(["shared", "odd"]);
  expect((await members(api, image)).map((it) => it.member_id)).toEqual([friend.id]);
  for (const [answer, option] of [["Accept", "--accept"], ["Reject", "--reject"]]) {
    await page.getByText(`Show the command: ${answer}`, { exact: true }).click();
    await expect(page.getByText(`openstack image set ${option} ${image.id}`)).toBeVisible();
  }
});

test("the question can be declined: nothing is changed then", { tag: "@cloud" }, async ({ page, member, steward }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("stays") });
  const friend = await steward.project("friend");
  await signIn(page, member, `/images/${image.id}/sharing`);
  await addProject(page, friend.id);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  expect((await api.getImage(image.id)).visibility).toBe("private");
  await expect(page.getByLabel("Project id or name", { exact: true })).toHaveValue(friend.id);
});

test("a project is taken off, after a question", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
  const friend = await account("member", await steward.project("friend"));
  const api = await member.api();
  const image = await offered(api, friend.project, unique("shared"));
  const theirs = await friend.api();
  await theirs.call("PUT", `${theirs.image}/images/${image.id}/members/${friend.project.id}`, { status: "accepted" });
  await signIn(page, member, `/images/${image.id}?tab=sharing`);
  await expect(memberRow(page, friend.project.id)).toContainText("Accepted");
  await memberRow(page, friend.project.id).getByRole("button", { name: /^Remove/ }).click();
  const dialog = page.getByRole("dialog", { name: "Remove project" });
  await expect(dialog).toContainText(/loses sight/);
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(memberRow(page, friend.project.id)).toHaveCount(0);
  expect(await members(api, image)).toEqual([]);
  // The image stays shared: only the project went.
  expect((await api.getImage(image.id)).visibility).toBe("shared");
});

test("what can't be added is said in the field", { tag: "@cloud" }, async ({ page, member, steward, account }) => {
  const friend = await steward.project("friend");
  const image = await offered(await member.api(), friend, unique("shared"));
  await signIn(page, member, `/images/${image.id}/sharing`);
  const field = page.getByLabel("Project id or name", { exact: true });
  await addProject(page, "");
  await expect(field).toHaveAccessibleDescription(/Enter a project/);
  await addProject(page, member.project.id);
  await expect(field).toHaveAccessibleDescription(/owns the image/);
  await addProject(page, friend.id);
  await expect(field).toHaveAccessibleDescription(/already/);
  // A member may not look up names.
  await addProject(page, "some-name");
  await expect(field).toHaveAccessibleDescription(/by name/);

  const boss = await account("admin");
  await choose(page, /^Account/, "Sign out");
  await signIn(page, boss, `/images/${image.id}/sharing`);
  await addProject(page, unique("nobody"));
  await expect(field).toHaveAccessibleDescription(/no project/);
  const other = await steward.project("named");
  await addProject(page, other.name);
  await expect(memberRow(page, other.name)).toContainText("Pending");
});

test("an offer is accepted, left and accepted again", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
  const giver = await account("member", await steward.project("giver"));
  const image = await offered(await giver.api(), member.project, unique("offer"));
  const api = await member.api();
  const status = async () => (await members(api, image))[0].status;
  await signIn(page, member, `/images/${image.id}`);
  await page.getByRole("main").getByRole("button", { name: "Accept", exact: true }).click();
  await expectMessage(page, /Accepted/);
  expect(await status()).toBe("accepted");
  await expect(page.getByRole("button", { name: "Accept", exact: true })).toHaveCount(0);

  await page.getByRole("tab", { name: "Sharing" }).click();
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await page.getByRole("dialog", { name: /Leave/ }).getByRole("button", { name: "Leave", exact: true }).click();
  await expectMessage(page, /Left/);
  expect(await status()).toBe("rejected");
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await expect(page.getByRole("button", { name: "Leave", exact: true })).toBeVisible();
  expect(await status()).toBe("accepted");
});

test("offers are answered in the list, and the count of those that wait follows", { tag: "@cloud" }, async ({ page, member, account, steward }) => {
  const giver = await account("member", await steward.project("giver"));
  const [first, second] = [unique("offer"), unique("offer")];
  await offered(await giver.api(), member.project, first);
  await offered(await giver.api(), member.project, second);
  // An own shared image comes along in Glance's listing of offers, and is none.
  const own = await (await member.api()).createImage({ name: unique("own"), visibility: "shared" });
  await signIn(page, member);
  const tab = page.getByRole("tab", { name: /^Shared with you/ });
  await expect(tab).toContainText("2");
  await tab.click();
  await expect(rowOf(page, own.name)).toHaveCount(0);
  await page.getByRole("button", { name: `Accept ${first}`, exact: true }).click();
  await expect(tab).toContainText("1");
  await page.getByRole("button", { name: `Reject ${second}`, exact: true }).click();
  await expect(tab).toHaveAccessibleName("Shared with you");
  await expect(rowOf(page, first)).toBeVisible();
  await page.getByRole("tab", { name: "All", exact: true }).click();
  await expect(rowOf(page, first)).toBeVisible();
  await expect(rowOf(page, second)).toHaveCount(0);
});

test("an administrator sees no offers that are not theirs", { tag: "@cloud" }, async ({ page, account, member, steward }) => {
  const boss = await account("admin", await steward.project("bosses"));
  const image = await offered(await member.api(), await steward.project("friend"), unique("others"));
  await signIn(page, boss);
  await search(page, image.name);
  await expect(rowOf(page, image.name)).toBeVisible();
  await page.getByRole("tab", { name: /^Shared with you/ }).click();
  await expect(rowOf(page, image.name)).toHaveCount(0);
  await expect(page.getByRole("tab", { name: "Shared with you", exact: true })).toBeVisible();
});

test("an administrator sees and answers what was offered to the own project, and only that", { tag: "@cloud" }, async ({ page, account, member, steward }) => {
  const boss = await account("admin", await steward.project("bosses"));
  const api = await member.api();
  const [first, second] = [unique("offer"), unique("offer")];
  const image = await offered(api, boss.project, first);
  await offered(api, boss.project, second);
  const others = await offered(api, await steward.project("friend"), unique("others"));
  await signIn(page, boss);
  const tab = page.getByRole("tab", { name: /^Shared with you/ });
  await expect(tab).toContainText("2");
  await tab.click();
  await expect(rowOf(page, first)).toBeVisible();
  await expect(rowOf(page, others.name)).toHaveCount(0);
  await page.getByRole("button", { name: `Accept ${first}`, exact: true }).click();
  await expect(tab).toContainText("1");
  await page.getByRole("button", { name: `Reject ${second}`, exact: true }).click();
  await expect(tab).toHaveAccessibleName("Shared with you");
  expect((await members(api, image))[0].status).toBe("accepted");
  // It is still known after the list was read again; an offer that is taken back is not.
  await api.call("DELETE", `${api.image}/images/${image.id}/members/${boss.project.id}`);
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(rowOf(page, first)).toHaveCount(0);
  await expect(rowOf(page, second)).toBeVisible();
});

test("among very many shared images an administrator's offers are all found as soon as somebody looks", async ({ page, account, member, steward }) => {
  const boss = await account("admin", await steward.project("bosses"));
  const [api, friend, mark] = [await member.api(), await steward.project("friend"), unique("many")];
  for (let begin = 0; begin < 340; begin += 20) {
    await Promise.all(
      [...Array(20).keys()].map(async (number) => {
        const image = await api.createImage({ name: `${mark}-${begin + number}`, visibility: "shared" });
        const to = (begin + number) % 34 === 0 ? boss.project : friend;
        await api.call("POST", `${api.image}/images/${image.id}/members`, { member: to.id });
      }),
    );
  }
  let answered = 0;
  page.on("response", (response) => (answered += Number(response.url().endsWith(`/members/${boss.project.id}`))));
  await signIn(page, boss);
  const tab = page.getByRole("tab", { name: /^Shared with you/ });
  // In the background no more than so many are asked about, and it is said that this is not all.
  await expect.poll(() => answered, { timeout: 30_000 }).toBe(300);
  await expect(tab).toHaveAccessibleName(/^Shared with you \d+\+$/);
  const letGo = await holdBack(page, `**/members/${boss.project.id}`);
  await tab.click();
  const sought = page.getByText(/^Offers to this project: shared images asked about so far: \d{3} of \d{3}\.$/);
  await expect(sought).toBeVisible();
  await page.getByRole("tab", { name: "All", exact: true }).click();
  await expect(sought).toHaveCount(0);
  letGo();
  await tab.click();
  await expect(tab).toHaveAccessibleName("Shared with you 10", { timeout: 30_000 });
  await expect(sought).toHaveCount(0);
});

test("a reader sees an offer and can't answer it", { tag: "@cloud" }, async ({ page, account, steward, project }) => {
  const giver = await account("member", await steward.project("giver"));
  const reader = await account("reader");
  const image = await offered(await giver.api(), project, unique("offer"));
  await signIn(page, reader, `/images/${image.id}`);
  await expectRefused(page.getByRole("main").getByRole("button", { name: "Accept", exact: true }), /reader/);
});

test("making it private says who loses sight, and the projects are kept", { tag: "@cloud" }, async ({ page, member, steward }) => {
  const friend = await steward.project("friend");
  const api = await member.api();
  const image = await offered(api, friend, unique("shared"));
  await signIn(page, member, `/images/${image.id}/sharing`);
  await expect(memberRow(page, friend.id)).toBeVisible();
  await page.getByRole("button", { name: "Stop sharing", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Stop sharing" });
  await expect(dialog).toContainText(/lose sight/);
  await expect(dialog).toContainText(friend.id);
  await dialog.getByRole("button", { name: "Stop sharing", exact: true }).click();
  await expect(dialog).toBeHidden();
  expect((await api.getImage(image.id)).visibility).toBe("private");
  await api.patchImage(image.id, [{ op: "replace", path: "/visibility", value: "shared" }]);
  expect((await members(api, image)).map((it) => it.member_id)).toEqual([friend.id]);
});

test("while nobody knows who it is shared with, making it private says so, and not that it is nobody", async ({ page, member, steward }) => {
  const friend = await steward.project("friend");
  const image = await offered(await member.api(), friend, unique("shared"));
  // The demo cloud always tells the members: a service that is down for them alone is put in here.
  await page.route(/\/members$/, (route) => route.fulfill({ status: 503, body: "down" }));
  await signIn(page, member, `/images/${image.id}/sharing`);
  await expect(alert(page, "503")).toBeVisible();
  await page.getByRole("button", { name: "Stop sharing", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Stop sharing" });
  await expect(dialog).toContainText("is not known at the moment. All of them lose sight");
  await expect(dialog).not.toContainText("shared with no project");
});

test("another project's image is not one's own to share", { tag: "@cloud" }, async ({ page, member }) => {
  await signIn(page, member);
  await search(page, "cirros-tiny");
  await rowOf(page, "cirros-tiny").getByRole("link", { name: "cirros-tiny", exact: true }).click();
  await page.getByRole("tab", { name: "Sharing" }).click();
  await expect(page.getByRole("tabpanel")).toContainText(/Everybody in this cloud/);
  await expect(page.getByRole("button", { name: "Add project" })).toHaveCount(0);
});

test("a refusal by the cloud is shown where it was asked", { tag: "@cloud" }, async ({ page, member, steward }) => {
  const friend = await steward.project("friend");
  const api = await member.api();
  const image = await api.createImage({ name: unique("shared"), visibility: "shared" });
  await signIn(page, member, `/images/${image.id}/sharing`);
  await expect(page.getByRole("button", { name: "Stop sharing" })).toBeVisible();
  // Made public by an administrator just before: Glance takes no members then.
  const { cloud } = steward;
  await page.route(/\/members$/, async (route) => {
    if (route.request().method() === "POST") await cloud.patchImage(image.id, [{ op: "replace", path: "/visibility", value: "public" }]);
    await route.continue();
  });
  await addProject(page, friend.id);
  await expect(alert(page, "403")).toContainText(/Not allowed|Only shared/);
  await expect(page.getByLabel("Project id or name", { exact: true })).toHaveValue(friend.id);
});

test("a project that is being added can't be changed meanwhile, and the field is ready for the next", async ({ page, member, steward }) => {
  const friend = await steward.project("friend");
  const image = await (await member.api()).createImage({ name: unique("shared"), visibility: "shared" });
  await signIn(page, member, `/images/${image.id}/sharing`);
  await expect(page.getByRole("button", { name: "Stop sharing" })).toBeVisible();
  const field = page.getByLabel("Project id or name", { exact: true });
  const release = await holdBack(page, /\/members$/, (request) => request.method() === "POST");
  await field.fill(friend.id);
  await field.press("Enter");
  await expect(field).not.toBeFocused();
  await page.keyboard.type("lost");
  await expect(field).toHaveValue(friend.id);
  release();
  await expect(memberRow(page, friend.id)).toContainText("Pending");
  await expect(field).toHaveValue("");
  await expect(field).toBeFocused();
});

test("an image that is made public while the project is looked up is not said to be private", async ({ page, member, steward }) => {
  const friend = await steward.project("friend");
  const image = await (await member.api()).createImage({ name: unique("shared"), visibility: "shared" });
  await signIn(page, member, `/images/${image.id}/sharing`);
  await expect(page.getByRole("button", { name: "Stop sharing" })).toBeVisible();
  const release = await holdBack(page, /\/identity\/v3\/projects/);
  await addProject(page, friend.id);
  await steward.cloud.patchImage(image.id, [{ op: "replace", path: "/visibility", value: "public" }]);
  await expect(page.getByText("Everybody in this cloud sees this image")).toBeVisible();
  release();
  await expectRefused(page.getByRole("button", { name: "Add project", exact: true }), /./);
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
