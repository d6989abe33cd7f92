// `test` with what every spec needs: the administrator's hand, a project with its people, and API clients for them.
import { test as base, expect } from "@playwright/test";
import { Cloud } from "./api.ts";
import { baseURL, sameOrigin } from "./env.ts";
import { rmSync } from "node:fs";
import { Steward, type Person, type Role } from "./tenant.ts";

/** A person signed in to a project: what the page helpers and the API client need. */
export interface Account extends Person {
  project: { id: string; name: string };
  role: Role;
  /** The API as this person sees it; signed in when first asked for. */
  api(): Promise<Cloud>;
}

interface PerTest {
  /** A new project for this test. */
  project: { id: string; name: string };
  /** A member of the test's project. */
  member: Account;
  /** Makes more people: in the test's project or, with `project`, in another one. */
  account(role: Role, project?: { id: string; name: string }): Promise<Account>;
  /** Everything made through this steward is taken away when the test ends. */
  steward: Steward;
  /** Marks a scratch file for removal when the test ends, and gives its path. */
  temporary(path: string): string;
}

interface PerWorker {
  /** The cloud's administrator, in the admin project. */
  admin: Cloud;
}

export const test = base.extend<PerTest, PerWorker>({
  admin: [
    async ({}, use) => {
      await use((await Steward.start()).cloud);
    },
    { scope: "worker" },
  ],
  context: async ({ context }, use) => {
    const strangers: string[] = [];
    if (sameOrigin) {
      context.on("request", (request) => {
        const url = new URL(request.url());
        // Some tests look at the app on its other origin.
        // A new page asks before it has a frame.
        const isOurs = !request.isNavigationRequest() && request.frame().url().startsWith(baseURL);
        if (isOurs && url.protocol.startsWith("http") && url.origin !== baseURL) strangers.push(request.url());
      });
    }
    await use(context);
    expect(strangers, "behind the proxy no request leaves the origin").toEqual([]);
  },
  steward: async ({}, use) => {
    const steward = await Steward.start();
    await use(steward);
    await steward.cleanUp();
  },
  project: async ({ steward }, use) => {
    await use(await steward.project());
  },
  account: async ({ steward, project }, use) => {
    await use(async (role, where = project) => {
      const person = await steward.person(role);
      await steward.grant(person, where, role);
      let client: Promise<Cloud> | undefined;
      const api = () => (client ??= Cloud.signIn({ ...person, project: where.name }));
      return { ...person, project: where, role, api };
    });
  },
  member: async ({ account }, use) => {
    await use(await account("member"));
  },
  temporary: async ({}, use) => {
    const paths: string[] = [];
    await use((path) => (paths.push(path), path));
    for (const path of paths) rmSync(path, { force: true, recursive: true });
  },
});

export { expect };
