import type { Page } from "@playwright/test";
import { alert, choose, configure, expectList, fillSignIn, heading, pickFiles, rowOf, signIn, step, tokensOf } from "../support/app.ts";
import { baseURL, nowhereURL, otherURL } from "../support/env.ts";
import { anyQcow2, raw } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test, type Account } from "../support/test.ts";

/** Signs in and types an instance's name into the launch wizard; gives what reads all that the tab keeps, the name among it. */
async function typedInWizard(page: Page, who: Account, name: string): Promise<() => Promise<string>> {
  await signIn(page, who, "/launch");
  await step(page, "Details");
  await page.getByLabel("Instance name", { exact: true }).fill(name);
  const kept = () => page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  await expect.poll(kept).toContain(name);
  return kept;
}

/** As after the end of a session and a reload. */
async function loseSession(page: Page): Promise<void> {
  await page.evaluate(() => sessionStorage.removeItem("sextant.session"));
  await page.reload();
  await expect(heading(page, "Sign in")).toBeVisible();
}

/** Has the operator allow ten minutes without a touch; the page's clock is the test's. */
async function idleAfterTenMinutes(page: Page): Promise<void> {
  await configure(page, { idle_minutes: 10 });
  await page.clock.install();
}

test.describe("signing in", () => {
  test("takes a member to the images of their project", { tag: "@cloud" }, async ({ page, member }) => {
    await page.goto("/");
    await expect(page.getByLabel("Domain", { exact: true })).toHaveValue("Default");
    await fillSignIn(page, member);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(heading(page, "Images")).toBeVisible();
    await expect(page.getByRole("button", { name: `Project: ${member.project.name}` })).toBeVisible();
    await expect(page.getByRole("button", { name: `Account: ${member.user}` })).toBeVisible();
  });

  test("is done by Enter, too", async ({ page, member }) => {
    await page.goto("/sign-in");
    await fillSignIn(page, member);
    await page.getByLabel("Password", { exact: true }).press("Enter");
    await expect(heading(page, "Images")).toBeVisible();
  });

  test("comes back to the page that was asked for", { tag: "@cloud" }, async ({ page, member }) => {
    await signIn(page, member, "/images/new");
    await expect(heading(page, "Create image")).toBeVisible();
  });

  test("never leaves the app for a foreign address", async ({ page, member }) => {
    const outside: string[] = [];
    page.on("request", (request) => {
      if (new URL(request.url()).host !== new URL(baseURL).host) outside.push(request.url());
    });
    for (const query of ["?next=https://example.test/", "?next=//example.test/", "?return_to=https://example.test"]) {
      await page.goto(`/sign-in${query}`);
      await fillSignIn(page, member);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page.getByRole("button", { name: `Account: ${member.user}` })).toBeVisible();
      await choose(page, /^Account:/, "Sign out");
      await expect(heading(page, "Sign in")).toBeVisible();
    }
    expect(outside).toEqual([]);
  });

  test("names the fields that are missing, and goes to the first", async ({ page }) => {
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    const user = page.getByLabel("User name", { exact: true });
    await expect(user).toBeFocused();
    await expect(user).toHaveAccessibleDescription(/Enter your user name/);
    await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/Enter your password/);
  });

  test("with a wrong password says so and keeps the name", { tag: "@cloud" }, async ({ page, member }) => {
    await page.goto("/sign-in");
    await fillSignIn(page, { ...member, password: "not the password" });
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(alert(page, "does not accept this user name, password and domain")).toBeVisible();
    await expect(page.getByLabel("User name", { exact: true })).toHaveValue(member.user);
    await page.getByLabel("Password", { exact: true }).fill(member.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(heading(page, "Images")).toBeVisible();
  });

  test("without a role in any project says so", { tag: "@cloud" }, async ({ page, steward }) => {
    const stranger = await steward.person("stranger");
    await page.goto("/sign-in");
    await fillSignIn(page, stranger);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByText("You have no role in any project of this cloud")).toBeVisible();
  });

  test("with an identity service that can't be reached names its address", async ({ page, member }) => {
    test.skip(Boolean(process.env.E2E_BASE_URL), "needs a second server, which only this run's own demo cloud has");
    await page.goto(`${otherURL}/sign-in`);
    await page.getByLabel("Cloud", { exact: true }).selectOption({ label: "Nowhere" });
    await fillSignIn(page, member);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(alert(page, `Could not reach the identity service at ${nowhereURL}/identity/v3`)).toBeVisible();
    await expect(page.getByLabel("User name", { exact: true })).toHaveValue(member.user);
  });

  test("works across origins, with what the services allow", async ({ page, member }) => {
    test.skip(Boolean(process.env.E2E_BASE_URL), "needs a second server, which only this run's own demo cloud has");
    await page.goto(`${otherURL}/sign-in`);
    await page.getByLabel("Cloud", { exact: true }).selectOption({ label: "Demo cloud" });
    await fillSignIn(page, member);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expectList(page);
  });
});

test.describe("projects", () => {
  test("are chosen after signing in, and switched later", { tag: "@cloud" }, async ({ page, steward, account, member }) => {
    const second = await steward.project("second");
    await steward.grant(member, second, "member");
    const api = await member.api();
    const here = await api.createImage({ name: unique("first") });
    const there = await (await account("member", second)).api().then((other) => other.createImage({ name: unique("second") }));

    await page.goto("/");
    await fillSignIn(page, member);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Choose a project" })).toBeVisible();
    await page.getByRole("button", { name: member.project.name }).click();
    await expect(rowOf(page, here.name)).toBeVisible();
    await expect(rowOf(page, there.name)).toHaveCount(0);

    await choose(page, `Project: ${member.project.name}`, second.name);
    await expect(page.getByRole("button", { name: `Project: ${second.name}` })).toBeVisible();
    await expect(rowOf(page, there.name)).toBeVisible();
    await expect(rowOf(page, here.name)).toHaveCount(0);
  });

  test("that let the person in no longer are named in the refusal, and another can be chosen", { tag: "@cloud" }, async ({ page, steward, member }) => {
    const second = await steward.project("second");
    await steward.grant(member, second, "member");
    await page.goto("/");
    await fillSignIn(page, member);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("button", { name: second.name })).toBeVisible();
    await steward.withdraw(member, second, "member");
    await page.getByRole("button", { name: second.name }).click();
    await expect(alert(page, new RegExp(`does not let you into project .${second.name}`))).toBeVisible();
    await page.getByRole("button", { name: member.project.name }).click();
    await expectList(page);
  });

  test("can all be switched to after a reload, too", { tag: "@cloud" }, async ({ page, steward, member }) => {
    const second = await steward.project("second");
    await steward.grant(member, second, "member");
    await page.goto("/");
    await fillSignIn(page, member);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("button", { name: member.project.name }).click();
    await expectList(page);
    await page.reload();
    await choose(page, `Project: ${member.project.name}`, second.name);
    await expect(page.getByRole("button", { name: `Project: ${second.name}` })).toBeVisible();
  });
});

test.describe("the session", () => {
  for (const hours of [5, -5]) {
    test(`holds with a clock that is ${hours} hours off, and an upload, too`, async ({ page, member, temporary }) => {
      await page.clock.install({ time: Date.now() + hours * 3_600_000 });
      await page.clock.resume();
      await signIn(page, member, "/images/new");
      const name = unique("other-time");
      await pickFiles(page, temporary(raw(4096)));
      await page.getByLabel("Image name", { exact: true }).fill(name);
      await page.getByRole("button", { name: "Create image", exact: true }).click();
      await expect(rowOf(page, name)).toContainText("Active");
      // The session is looked at every fifteen seconds.
      await page.clock.runFor(31_000);
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await page.reload();
      await expect(rowOf(page, name)).toBeVisible();
      await expect(page.getByRole("dialog")).toHaveCount(0);
    });
  }

  test("survives a reload without another call for a token", { tag: "@cloud" }, async ({ page, member }) => {
    await signIn(page, member);
    await expect(heading(page, "Images")).toBeVisible();
    const tokens: string[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/auth/tokens")) tokens.push(`${request.method()} ${request.url()}`);
    });
    await page.reload();
    await expect(heading(page, "Images")).toBeVisible();
    await expectList(page);
    expect(tokens).toEqual([]);
  });

  test("that has expired is renewed over the page, and nothing typed is lost", async ({ page, member, admin }) => {
    const name = unique("typed-before");
    const tokens = tokensOf(page);
    await signIn(page, member, "/images/new");
    await pickFiles(page, anyQcow2());
    await page.getByLabel("Image name", { exact: true }).fill(name);
    await admin.revoke(tokens.at(-1) ?? "");
    // By Enter, not by a click: the dialog may be there already, when the list has asked for something meanwhile.
    await page.getByLabel("Image name", { exact: true }).press("Enter");

    const dialog = page.getByRole("dialog", { name: "Sign in again" });
    await expect(dialog).toBeVisible();
    await dialog.getByLabel("Password", { exact: true }).fill("not the password");
    await dialog.getByRole("button", { name: /^Sign in/ }).click();
    await expect(alert(dialog, "does not accept")).toBeVisible();
    await dialog.getByLabel("Password", { exact: true }).fill(member.password);
    await dialog.getByRole("button", { name: /^Sign in/ }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(name);
    await page.getByRole("button", { name: "Create image", exact: true }).click();
    await expect(rowOf(page, name)).toContainText("Active");
  });

  test("that has expired before a reload leaves what was typed in the launch wizard to its person alone", async ({ page, member, account, admin }) => {
    const typed = unique("typed-before");
    const tokens = tokensOf(page);
    const kept = await typedInWizard(page, member, typed);
    for (const [person, has] of [[member, typed], [await account("member"), ""]] as const) {
      await admin.revoke(tokens.at(-1) ?? "");
      await page.reload();
      // Over the page, unless the page before it has asked for something meanwhile and knows already.
      await expect(page.getByRole("heading", { name: /^Sign in( again)?$/ })).toBeVisible();
      await page.reload();
      await expect(heading(page, "Sign in")).toBeVisible();
      await fillSignIn(page, person);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(heading(page, "Launch instance")).toBeVisible();
      await expect(page.getByLabel("Instance name", { exact: true })).toHaveValue(has);
    }
    expect(await kept()).not.toContain(typed);
  });

  test("is taken over by a new tab, late, too, where the tab that has it is busy", async ({ page, member }) => {
    await signIn(page, member);
    await expectList(page);
    const another = await page.context().newPage();
    await another.goto("/images/new");
    await expect(heading(another, "Create image")).toBeVisible();
    await another.close();
    const answer = await page.evaluateHandle(() => {
      const say = BroadcastChannel.prototype.postMessage;
      const held: (() => void)[] = [];
      BroadcastChannel.prototype.postMessage = function (message) {
        held.push(() => say.call(this, message));
      };
      return () => {
        for (const send of held) send();
        return held.length;
      };
    });
    const next = await page.context().newPage();
    await next.goto("/images/new");
    await expect(heading(next, "Sign in")).toBeVisible();
    expect(await answer.evaluate((send) => send())).toBe(1);
    await expect(heading(next, "Create image")).toBeVisible();
  });

  test("ends in all tabs, of other projects, too", { tag: "@cloud" }, async ({ page, admin, steward, member }) => {
    await signIn(page, member);
    const second = await steward.project("second");
    await steward.grant(member, second, "member");
    const another = await page.context().newPage();
    const tokens = tokensOf(another);
    await another.goto("/images");
    await choose(another, `Project: ${member.project.name}`, second.name);
    await expect(another.getByRole("button", { name: `Project: ${second.name}` })).toBeVisible();
    expect(tokens).toHaveLength(1);
    await choose(page, /^Account:/, "Sign out");
    for (const tab of [page, another]) await expect(heading(tab, "Sign in")).toBeVisible();
    await expect.poll(() => admin.isValid(tokens[0] ?? "")).toBe(false);
  });

  test("is not taken over by a sign-in that was left open, or that somebody signed out to", async ({ page, member }) => {
    const [left, out] = [await page.context().newPage(), await page.context().newPage()];
    await left.goto("/");
    await expect(heading(left, "Sign in")).toBeVisible();
    await left.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 11_000;
    });
    await signIn(out, member);
    await choose(out, /^Account:/, "Sign out");
    await expect(heading(out, "Sign in")).toBeVisible();
    await signIn(page, member);
    // A tab that asks is answered, and all hear it.
    const next = await page.context().newPage();
    await next.goto("/images");
    await expect(heading(next, "Images")).toBeVisible();
    for (const other of [left, out]) await expect(heading(other, "Sign in")).toBeVisible();
  });

  test("ends when nobody has touched the app for as long as the operator allows", async ({ page, member, admin }) => {
    await idleAfterTenMinutes(page);
    const tokens = tokensOf(page);
    await signIn(page, member);
    await expectList(page);
    // Whoever works stays.
    for (const _ of [1, 2]) {
      await page.clock.fastForward("09:00");
      await page.keyboard.press("Shift");
    }
    await expect(heading(page, "Images")).toBeVisible();
    await page.clock.fastForward("11:00");
    await expect(heading(page, "Sign in")).toBeVisible();
    for (const token of tokens) await expect.poll(() => admin.isValid(token)).toBe(false);
  });

  test("ends with every token revoked and forgotten", { tag: "@cloud" }, async ({ page, member, admin }) => {
    const tokens = tokensOf(page);
    await signIn(page, member);
    await expectList(page);
    expect(tokens.length).toBeGreaterThan(0);
    await choose(page, /^Account:/, "Sign out");
    await expect(heading(page, "Sign in")).toBeVisible();
    for (const token of tokens) await expect.poll(() => admin.isValid(token)).toBe(false);
    const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
    for (const token of tokens) expect(kept).not.toContain(token);
    await page.goto("/images");
    await expect(heading(page, "Sign in")).toBeVisible();
  });

  test("takes along what was typed in the launch wizard", async ({ page, member }) => {
    const kept = await typedInWizard(page, member, "nobody-elses");
    await choose(page, /^Account:/, "Sign out");
    await expect(heading(page, "Sign in")).toBeVisible();
    expect(await kept()).not.toContain("nobody-elses");
  });

  test("takes it along from a tab that waits at the sign-in, too", async ({ page, member }) => {
    const kept = await typedInWizard(page, member, "nobody-elses");
    await loseSession(page);
    expect(await kept()).toContain("nobody-elses");
    const other = await page.context().newPage();
    await signIn(other, member);
    await choose(other, /^Account:/, "Sign out");
    await expect.poll(kept).not.toContain("nobody-elses");
  });

  test("takes it along from a tab that waits at the sign-in for nobody", async ({ page, member }) => {
    await idleAfterTenMinutes(page);
    const kept = await typedInWizard(page, member, "nobody-elses");
    await loseSession(page);
    await page.clock.fastForward("09:00");
    expect(await kept()).toContain("nobody-elses");
    await page.clock.fastForward("02:00");
    await expect.poll(kept).not.toContain("nobody-elses");
  });

  test("that has ended leaves the next person at the first field", async ({ page, member }) => {
    await signIn(page, member);
    await choose(page, /^Account:/, "Sign out");
    await expect(heading(page, "Sign in")).toBeVisible();
    await expect(page.getByLabel("User name", { exact: true })).toBeFocused();
  });
});
