import { alert, expectMessage, expectNoMessage, expectRefused, rowAction, rowOf, search, signIn } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

test("an owner deactivates and reactivates an image, told the effect before", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("paused") }, anyQcow2());
  await signIn(page, member, `/images/${image.id}`);
  const main = page.getByRole("main");
  await main.getByRole("button", { name: "Deactivate", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Deactivate image" });
  await expect(dialog).toContainText(/nobody can launch/);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect((await api.getImage(image.id)).status).toBe("active");

  await main.getByRole("button", { name: "Deactivate", exact: true }).click();
  await dialog.getByRole("button", { name: "Deactivate image", exact: true }).click();
  await expectMessage(page, /Deactivated/);
  await expect(page.getByText("Deactivated", { exact: true }).first()).toBeVisible();
  await expectRefused(main.getByRole("button", { name: "Launch", exact: true }), /Deactivated/);
  expect((await api.getImage(image.id)).status).toBe("deactivated");

  await main.getByRole("button", { name: "Reactivate", exact: true }).click();
  const again = page.getByRole("dialog", { name: "Reactivate image" });
  await again.getByRole("button", { name: "Reactivate image", exact: true }).click();
  await expect(page.getByText("Active", { exact: true }).first()).toBeVisible();
  expect((await api.getImage(image.id)).status).toBe("active");
});

test("in the list it is in the row's menu, refused with the reason where it can't be", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("active") }, anyQcow2());
  const queued = await api.createImage({ name: unique("queued") });
  await signIn(page, member);
  await expectRefused(await rowAction(page, queued.name, "Deactivate"), /Queued/);
  await page.keyboard.press("Escape");
  await search(page, "cirros-tiny");
  await expectRefused(await rowAction(page, "cirros-tiny", "Deactivate"), /Another project/);
  await page.keyboard.press("Escape");
  await search(page, "");
  await (await rowAction(page, image.name, "Deactivate")).click();
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate image", exact: true }).click();
  await expect(rowOf(page, image.name)).toContainText("Deactivated");
  await expect(await rowAction(page, image.name, "Reactivate")).toBeVisible();
});

test("what the cloud refuses is said in the dialog, and the image is as it was", async ({ page, member, steward }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("taken"), visibility: "community" }, anyQcow2());
  await signIn(page, member, `/images/${image.id}`);
  const main = page.getByRole("main");
  await main.getByRole("button", { name: "Deactivate", exact: true }).click();
  // Another project's from now on, which this page has not heard yet.
  const other = await steward.project("taker");
  await steward.cloud.patchImage(image.id, [{ op: "replace", path: "/owner", value: other.id }]);
  const dialog = page.getByRole("dialog", { name: "Deactivate image" });
  const answer = page.waitForResponse(/\/actions\/deactivate$/);
  await dialog.getByRole("button", { name: "Deactivate image", exact: true }).click();
  expect((await answer).status()).toBe(403);
  await expect(alert(dialog, "403")).toContainText("You are not authorized to complete");
  await expectNoMessage(page, /Deactivated/);
  expect((await steward.cloud.getImage(image.id)).status).toBe("active");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(main.getByText("Active", { exact: true }).first()).toBeVisible();
  await expect(main.getByText("Deactivated", { exact: true })).toHaveCount(0);
});

test("an image that is gone meanwhile is said in the dialog, and not reported as done", { tag: "@cloud" }, async ({ page, member }) => {
  const api = await member.api();
  const image = await api.createImage({ name: unique("late") }, anyQcow2());
  await signIn(page, member, `/images/${image.id}`);
  await page.getByRole("main").getByRole("button", { name: "Deactivate", exact: true }).click();
  await api.forget(`${api.image}/images/${image.id}`);
  const dialog = page.getByRole("dialog", { name: "Deactivate image" });
  await dialog.getByRole("button", { name: "Deactivate image", exact: true }).click();
  await expect(alert(dialog, "404")).toContainText(image.id);
  await expectNoMessage(page, /Deactivated/);
});
