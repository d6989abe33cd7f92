import { rowOf, signIn } from "../support/app.ts";
import { anyQcow2 } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

test("a private image is not seen by another project, a public one is", { tag: "@cloud" }, async ({ page, browser, baseURL, member, account, steward }) => {
  const admin = await (await account("admin")).api();
  const secret = await (await member.api()).createImage({ name: unique("private") }, anyQcow2());
  const open = await admin.createImage({ name: unique("public"), visibility: "public" }, anyQcow2());

  await signIn(page, member);
  await expect(rowOf(page, secret.name)).toBeVisible();
  await expect(rowOf(page, open.name)).toBeVisible();

  const stranger = await account("member", await steward.project("stranger"));
  const elsewhere = await browser.newPage({ baseURL });
  await signIn(elsewhere, stranger);
  await expect(rowOf(elsewhere, open.name)).toBeVisible();
  await expect(rowOf(elsewhere, open.name)).toContainText("Public");
  await expect(rowOf(elsewhere, secret.name)).toHaveCount(0);
  await elsewhere.goto(`/images/${secret.id}`);
  await expect(elsewhere.getByRole("alert").filter({ hasText: "404" })).toBeVisible();
  await elsewhere.close();
});
