// The documented deployment with Caddy: docs/deploy/Caddyfile in front of the run's demo cloud.
import { readdirSync } from "node:fs";
import { expectList, heading, pickFiles, signIn, upload } from "../support/app.ts";
import { curt, plain, run, send } from "../support/broken.ts";
import { caddy, caddyProgram } from "../support/caddy.ts";
import { cloud } from "../support/env.ts";
import { sha512, sparse } from "../support/files.ts";
import { freePort } from "../support/nginx.ts";
import { distFolder } from "../support/servers.ts";
import { BASE } from "../support/subpath.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

test.skip(!caddyProgram(), "Caddy is not here: `cargo xtask setup`");
test.skip(cloud === "real", "the real cloud has its own proxy");

const MiB = 1024 ** 2;
let url: string;
let server: ReturnType<typeof caddy>;

/** One that answers. */
async function started(site: Parameters<typeof caddy>[1] = {}): Promise<{ url: string; server: ReturnType<typeof caddy> }> {
  const listen = `127.0.0.1:${await freePort()}`;
  const server = caddy(listen, site);
  const page = `http://${listen}${site.base ?? "/"}`;
  await expect.poll(async () => (await fetch(page).catch(() => undefined))?.status, { timeout: 30_000 }).toBe(200);
  return { url: `http://${listen}`, server };
}

test.beforeAll(async () => void ({ url, server } = await started()));
test.afterAll(async () => void (await server?.stop()));

test("its answers are guarded, compressed, and kept only where their names have a hash", async () => {
  const hashed = readdirSync(distFolder()).find((file) => /^sextant-[^/]*\.wasm$/.test(file)) ?? "";
  const files: [path: string, status: number, cache: string | null][] = [
    ["/", 200, "no-cache"],
    ["/images/any", 200, "no-cache"],
    ["/config.json", 200, "no-cache"],
    ["/worker_loader.js", 200, "no-cache"],
    [`/${hashed}`, 200, "public, max-age=31536000, immutable"],
    ["/sextant-0123456789abcdef.js", 404, null],
    ["/image/v2/images/no-such.json", 401, null],
  ];
  for (const [path, status, cache] of files) {
    const answer = await fetch(url + path, { headers: { "Accept-Encoding": "br" } });
    const { headers } = answer;
    expect(answer.status, path).toBe(status);
    expect(headers.get("cache-control"), path).toBe(cache);
    expect(headers.get("content-security-policy"), path).toMatch(/default-src 'none';.*frame-ancestors 'none'/);
    expect(headers.get("content-security-policy"), path).not.toMatch(/unsafe-inline|\*/);
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(headers.get("referrer-policy"), path).toBe("no-referrer");
    expect(headers.get("cross-origin-opener-policy"), path).toBe("same-origin");
    if (status === 200 && path !== "/config.json") expect(headers.get("content-encoding"), path).toBe("br");
  }
});

test("a hundred mebibytes go through it, and no request leaves the origin", async ({ page, member, temporary }) => {
  const strangers: string[] = [];
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== url) strangers.push(request.url());
  });
  const file = temporary(sparse(100 * MiB));
  const name = unique("by-caddy");
  await signIn(page, member, `${url}/images`);
  await expectList(page);
  await page.goto(`${url}/images/new`);
  await pickFiles(page, file);
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Create image", exact: true }).click();
  await expect(upload(page, name)).toContainText("Verified", { timeout: 60_000 });
  const [image] = await (await member.api()).imagesNamed(name);
  expect(image.os_hash_value).toBe(await sha512(file));
  expect(strangers).toEqual([]);
});

test("a refusal before the last byte reaches the page as an answer", async ({ page }) => {
  await page.goto(`${url}/sign-in`);
  const refused = await send(page, `${url}/image/v2/images/00000000-0000-4000-8000-000000000000/file`, 64 * MiB);
  expect(refused.status).toBe(401);
  for (const status of [413, 415]) {
    const service = await curt(status);
    const own = await started({ upstreams: { image: service.url } });
    try {
      await page.goto(`${own.url}/sign-in`);
      const answer = await send(page, `${own.url}/image/v2/images/x/file`, 64 * MiB);
      expect(answer, `${status} in ${answer.seconds} s`).toMatchObject({ status, text: "no, said the service" });
    } finally {
      await own.server.stop();
      service.stop();
    }
  }
});

test("a service's listing comes compressed, and an image's bytes as they are", async () => {
  const service = await run(plain);
  const own = await started({ upstreams: { image: `${service.url}/` } });
  try {
    const ask = (path: string) => fetch(`${own.url}/image${path}`, { headers: { "Accept-Encoding": "br, gzip" } });
    const listing = await ask("/v2/images");
    expect(listing.headers.get("content-encoding")).toBe("gzip");
    expect((await listing.json()).images).toHaveLength(100);
    expect((await ask("/v2/images/x/file")).headers.get("content-encoding")).toBeNull();
  } finally {
    await own.server.stop();
    service.close();
  }
});

test("under a path every page and file of the app is there, and nothing is asked for outside", async ({ page, member }) => {
  const own = await started({ base: BASE });
  try {
    const outside: string[] = [];
    const missing: string[] = [];
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (/^\/(identity|image|compute|network|block-storage)\//.test(pathname)) return;
      if (!pathname.startsWith(BASE) && pathname !== "/console") outside.push(pathname);
      if (response.status() >= 400) missing.push(pathname);
    });
    await signIn(page, member, `${own.url}/console`);
    await expectList(page);
    await expect(page).toHaveURL(`${own.url}/console/images`);
    await page.reload();
    await expectList(page);
    await page.goto(`${own.url}/console/images/new`);
    await expect(heading(page, "Create image")).toBeVisible();
    expect({ outside, missing }).toEqual({ outside: [], missing: [] });
    const gone = await fetch(`${own.url}/console/sextant-0123456789abcdef.js`);
    expect(gone.status).toBe(404);
  } finally {
    await own.server.stop();
  }
});
