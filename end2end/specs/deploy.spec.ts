// The documented deployment: nginx with docs/deploy/nginx.conf in front of the run's demo cloud, of which only addresses are changed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { request as forward } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { expectList, heading, pickFiles, rowOf, signIn, step, upload } from "../support/app.ts";
import { curt, plain, run, send } from "../support/broken.ts";
import { cloud, cloudURL } from "../support/env.ts";
import { anyQcow2, scratchFile, sha512, sparse } from "../support/files.ts";
import { hasNginx, nginx } from "../support/nginx.ts";
import { demoServices, distFolder } from "../support/servers.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

test.skip(!hasNginx, "nginx is not here: `cargo xtask setup`");
test.skip(cloud === "real", "the real cloud has its own proxy");

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;
const KEPT = "public, max-age=31536000, immutable";

let site: Awaited<ReturnType<typeof nginx>>;
test.beforeAll(async () => void (site = await nginx()));
test.afterAll(async () => void (await site?.stop()));

/** An answer, with these encodings accepted. */
async function get(path: string, encoding = "br, gzip"): Promise<Response> {
  return fetch(site.url + path, { headers: { "Accept-Encoding": encoding, Accept: "text/html,*/*" } });
}

function built(pattern: RegExp): string {
  const files = readdirSync(distFolder(), { recursive: true, encoding: "utf8" });
  const found = files.find((file) => pattern.test(file));
  if (!found) throw new Error(`the app has no file like ${pattern}`);
  return `/${found}`;
}

test("no file tells where it was built, or has a source in it", () => {
  const repository = resolve(import.meta.dirname, "../..");
  const files = readdirSync(distFolder(), { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    expect(file.name).not.toMatch(/\.(rs|ts|map)$/);
    if (/\.(br|gz)$/.test(file.name)) continue;
    const content = readFileSync(join(file.parentPath, file.name), "latin1");
    for (const place of [repository, homedir(), ".cargo/", "sourceMappingURL"]) expect(content.includes(place), `${file.name}: ${place}`).toBe(false);
  }
});

test("every answer has the headers that guard it, and is kept only where its name has a hash", async () => {
  const files: [path: string, type: RegExp, kept: boolean][] = [
    ["/", /^text\/html/, false],
    ["/images/00000000-0000-4000-8000-0123456789abcdef", /^text\/html/, false],
    ["/no/such.page", /^text\/html/, false],
    ["/config.json", /^application\/json/, false],
    [built(/^sextant-[^/]*\.js$/), /javascript/, true],
    [built(/^sextant-[^/]*\.wasm$/), /^application\/wasm/, true],
    [built(/^style-[^/]*\.css$/), /^text\/css/, true],
    ["/worker_loader.js", /javascript/, false],
    ["/worker.js", /javascript/, false],
    ["/worker_bg.wasm", /^application\/wasm/, false],
  ];
  for (const [path, type, kept] of files) {
    const { status, headers } = await get(path);
    expect(status, path).toBe(200);
    expect(headers.get("content-type"), path).toMatch(type);
    expect(headers.get("cache-control"), path).toBe(kept ? KEPT : "no-cache");
    expectGuarded(headers, path);
  }
});

test("what is missing is missing, and an answer of a service is guarded too and its own", async () => {
  for (const path of ["/sextant-0123456789abcdef.js", "/parts-0123456789abcdef/split_launch.wasm", "/missing.css"]) {
    const { status, headers } = await get(path);
    expect(status, path).toBe(404);
    expect(headers.get("cache-control"), path).toBe("no-cache");
    expectGuarded(headers, path);
  }
  const versions = await get("/image/versions");
  expect((await versions.json()).versions.length).toBeGreaterThan(0);
  expectGuarded(versions.headers, "an answer of Glance");
  const direct = await fetch(`${cloudURL}/image/versions`);
  expect(versions.headers.get("cache-control")).toBe(direct.headers.get("cache-control"));
});

/** The policies that a page, its scripts and its workers need; `frame-ancestors` has a say only here, not in the page. */
function expectGuarded(headers: Headers, what: string): void {
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy, what).toContain("default-src 'none'");
  expect(policy, what).toContain("frame-ancestors 'none'");
  expect(policy, what).toContain("connect-src 'self';");
  expect(policy, what).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/);
  expect(headers.get("x-content-type-options"), what).toBe("nosniff");
  expect(headers.get("referrer-policy"), what).toBe("no-referrer");
  expect(headers.get("cross-origin-opener-policy"), what).toBe("same-origin");
}

test("files come compressed, as the browser can read them, and a file that is known is not sent again", async () => {
  for (const path of [built(/^sextant-[^/]*\.wasm$/), built(/^sextant-[^/]*\.js$/), "/", "/launch"]) {
    for (const encoding of ["br", "gzip"]) {
      const { headers } = await get(path, encoding);
      expect(headers.get("content-encoding"), `${path} for ${encoding}`).toBe(encoding);
      expect(headers.get("vary"), path).toContain("Accept-Encoding");
    }
    expect((await get(path, "identity")).headers.get("content-encoding"), path).toBeNull();
  }
  expect((await get("/config.json")).headers.get("content-encoding")).toBeNull();
  const { headers } = await get("/");
  const known = { "Accept-Encoding": "br, gzip", "If-None-Match": headers.get("etag") ?? "" };
  const again = await fetch(site.url, { headers: known });
  expect([again.status, again.headers.get("cache-control")]).toEqual([304, "no-cache"]);
});

test("a service's listing comes compressed, and an image's bytes as they are", async () => {
  const service = await run(plain);
  const own = await nginx({ upstreams: { image: `${service.url}/` } });
  try {
    const ask = (path: string, encoding: string) => fetch(`${own.url}/image${path}`, { headers: { "Accept-Encoding": encoding } });
    const listing = await ask("/v2/images", "br, gzip");
    expect(listing.headers.get("content-encoding")).toBe("gzip");
    expect(listing.headers.get("vary")).toContain("Accept-Encoding");
    expect((await listing.json()).images).toHaveLength(100);
    expect((await ask("/v2/images", "identity")).headers.get("content-encoding")).toBeNull();
    expect((await ask("/v2/images/x/file", "br, gzip")).headers.get("content-encoding")).toBeNull();
  } finally {
    await own.stop();
    service.close();
  }
});

test("a day's work leaves the origin with not one request, and breaks no policy", async ({ page, member }) => {
  const strangers: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== site.url) strangers.push(origin);
  });
  page.on("console", (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const image = await (await member.api()).createImage({ name: unique("boot") }, anyQcow2());
  await signIn(page, member, site.url);
  await expectList(page);
  await page.goto(`${site.url}/images/${image.id}`);
  await expect(heading(page, image.name)).toBeVisible();
  await page.goto(`${site.url}/launch?image=${image.id}`);
  await step(page, "Flavor");
  await expect(page.getByRole("radio").first()).toBeVisible();
  await page.goto(`${site.url}/instances`);
  await expect(heading(page, "Instances")).toBeVisible();
  expect({ strangers, complaints }).toEqual({ strangers: [], complaints: [] });
});

test("two gibibytes go through it as they are", async ({ page, member, temporary }) => {
  test.setTimeout(600_000);
  const file = temporary(sparse(2 * GiB + 1));
  const name = unique("two-gibibytes");
  await signIn(page, member, `${site.url}/images/new`);
  await pickFiles(page, file);
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Create image", exact: true }).click();
  await expect(rowOf(page, name)).toContainText("Active", { timeout: 500_000 });
  const api = await member.api();
  const [image] = await api.imagesNamed(name);
  expect(image.size).toBe(2 * GiB + 1);
  expect(image.os_hash_value).toBe(await sha512(file));

  // And back, through memory.
  const answer = await fetch(`${site.url}/image/v2/images/${image.id}/file`, { headers: { "X-Auth-Token": api.token } });
  const hash = createHash("sha512");
  const reader = answer.body?.getReader();
  for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) hash.update(piece.value);
  expect(hash.digest("hex")).toBe(image.os_hash_value);
});

test("a refusal before the last byte reaches the page as an answer", async ({ page }) => {
  await page.goto(`${site.url}/sign-in`);
  const refused = await send(page, `${site.url}/image/v2/images/00000000-0000-4000-8000-000000000000/file`, 64 * MiB);
  expect(refused.status).toBe(401);
  for (const status of [403, 413, 415]) {
    const service = await curt(status);
    const own = await nginx({ upstreams: { image: service.url } });
    try {
      await page.goto(`${own.url}/sign-in`);
      const answer = await send(page, `${own.url}/image/v2/images/x/file`, 64 * MiB);
      expect(answer, `${status} in ${answer.seconds} s`).toMatchObject({ status, text: "no, said the service" });
    } finally {
      await own.stop();
      service.stop();
    }
  }
});

/** A certificate that nobody has signed. */
function certify(name: string, temporary: (path: string) => string): { certificate: string; key: string } {
  const [certificate, key] = [scratchFile(unique("certificate")), scratchFile(unique("key"))].map(temporary);
  const subject = ["-subj", "/CN=sextant", "-addext", `subjectAltName=${name}`];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", ...subject];
  execFileSync("openssl", [...request, "-out", certificate, "-keyout", key], { stdio: "ignore" });
  return { certificate, key };
}

/** The demo cloud's Glance by https, on a server that goes by its name: asked for another, by TLS or in the request, it knows nothing. */
async function byName(temporary: (path: string) => string): Promise<{ url: string; stop(): void }> {
  const { certificate, key } = certify("DNS:localhost", temporary);
  const own = createSecureContext({ cert: readFileSync(certificate), key: readFileSync(key) });
  const SNICallback = (name: string, done: (error: Error | null, context?: typeof own) => void) =>
    name === "localhost" ? done(null, own) : done(new Error(`no ${name} here`));
  // Without a name there is no certificate to show: the connection fails.
  const server = createSecureServer({ SNICallback }, (request, response) => {
    if (request.headers.host !== new URL(url).host) return void response.writeHead(421).end(`no ${request.headers.host} here`);
    const to = `${demoServices(cloudURL).image}${request.url?.slice(1)}`;
    const onward = forward(to, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  // By either family: a name may stand for both.
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  return { url, stop: () => (server.close(), server.closeAllConnections()) };
}

test("a service by https is asked for by its own name", async ({ page, member, temporary }) => {
  const glance = await byName(temporary);
  const own = await nginx({ upstreams: { ...demoServices(cloudURL), image: glance.url } });
  try {
    await signIn(page, member, `${own.url}/images/new`);
    const file = temporary(sparse(10 * MiB));
    const name = unique("by-https");
    await pickFiles(page, file);
    await page.getByLabel("Image name", { exact: true }).fill(name);
    await page.getByRole("button", { name: "Create image", exact: true }).click();
    await expect(upload(page, name)).toContainText("Verified", { timeout: 60_000 });
    await expect(rowOf(page, name)).toContainText("Active");
  } finally {
    await own.stop();
    glance.stop();
  }
});

test("with TLS, and HTTP/2 with it, uploads and refusals arrive too", async ({ browser, member, temporary }) => {
  const secure = await nginx({ certificate: certify("IP:127.0.0.1", temporary) });
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  try {
    const file = temporary(sparse(300 * MiB));
    await signIn(page, member, `${secure.url}/images/new`);
    expect(await page.evaluate(() => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).nextHopProtocol)).toBe("h2");
    const name = unique("over-tls");
    await pickFiles(page, file);
    await page.getByLabel("Image name", { exact: true }).fill(name);
    await page.getByRole("button", { name: "Create image", exact: true }).click();
    await expect(upload(page, name)).toContainText("Verified", { timeout: 120_000 });
    const refused = await send(page, `${secure.url}/image/v2/images/00000000-0000-4000-8000-000000000000/file`, 64 * MiB);
    expect(refused.status).toBe(401);
  } finally {
    await page.close();
    await secure.stop();
  }
});

test("without the proxy, the same file names the services that a page may reach across origins", async () => {
  const across = await nginx({ upstreams: {}, connect: ["https://cloud.example.org:5000", "https://cloud.example.org:9292"] });
  try {
    const answer = await fetch(`${across.url}/images`);
    expect(answer.headers.get("content-security-policy")).toContain(
      "connect-src 'self' https://cloud.example.org:5000 https://cloud.example.org:9292; worker-src",
    );
    // No service is here: a path of one is a page of the app like any other.
    expect(await (await fetch(`${across.url}/image/v2/images`)).text()).toContain("<title>Sextant</title>");
  } finally {
    await across.stop();
  }
});
