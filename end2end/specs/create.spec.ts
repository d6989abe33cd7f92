import { basename } from "node:path";
import type { Json } from "../support/api.ts";
import { alert, configure, expectRefused, heading, holdBack, navigation, pickFiles, rowOf, signIn, throttleUploads, tokensOf, upload } from "../support/app.ts";
import { made, qcow2, raw, sha512, sparse } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";

const MiB = 1024 * 1024;
const create = { name: "Create image", exact: true };

test("a qcow2 made with qemu-img arrives byte for byte", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const file = temporary(qcow2());
  const name = unique("from-disk");
  await signIn(page, member);
  await page.getByRole("main").getByRole("link", create).click();
  await expect(heading(page, "Create image")).toBeVisible();
  await pickFiles(page, file);
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(basename(file, ".qcow2"));
  await expect(page.getByLabel("Format", { exact: true })).toHaveValue("qcow2");
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByLabel("Description", { exact: true }).fill("A disk with a pattern on it");
  await page.getByLabel("Architecture", { exact: true }).fill("x86_64");
  await page.getByLabel("Minimum disk (GB)", { exact: true }).fill("1");
  await page.getByLabel("Minimum RAM (MB)", { exact: true }).fill("256");
  await page.getByRole("button", create).click();
  await expect(heading(page, "Images")).toBeVisible();
  await expect(rowOf(page, name)).toContainText("Active");

  const api = await member.api();
  const [record] = await api.imagesNamed(name);
  expect(record).toMatchObject({
    status: "active", disk_format: "qcow2", container_format: "bare", visibility: "private", protected: false,
    min_disk: 1, min_ram: 256, description: "A disk with a pattern on it", architecture: "x86_64",
  });
  const hash = await sha512(file);
  expect(record.os_hash_value).toBe(hash);
  expect((await api.downloadHash(record.id)).sha512).toBe(hash);
});

test("an OVA stays one, as a file and at an address; another file after it does not become one", async ({ page, member, temporary }) => {
  const container = page.getByLabel("Container format", { exact: true });
  const format = page.getByLabel("Format", { exact: true });
  await signIn(page, member, "/images/new");
  await page.getByText("Advanced", { exact: true }).click();
  await pickFiles(page, temporary(made("appliance.ova", 2 * MiB, [0, "machine.ovf"], [257, "ustar"])));
  await expect(format).toHaveValue("vmdk");
  await expect(container).toHaveValue("ova");
  await pickFiles(page, temporary(qcow2()));
  await expect(format).toHaveValue("qcow2");
  await expect(container).toHaveValue("bare");
  await pickFiles(page, temporary(made("appliance.ova", 2 * MiB, [0, "machine.ovf"], [257, "ustar"])));
  await expect(container).toHaveValue("ova");
  // What was chosen stays.
  await format.selectOption("raw");
  await expect(container).toHaveValue("ova");
  await container.selectOption("docker");
  await format.selectOption("vmdk");
  await expect(container).toHaveValue("docker");

  await page.goto("/images/new");
  await page.getByRole("group", { name: "Image source" }).getByRole("radio", { name: "URL", exact: true }).click();
  await page.getByText("Advanced", { exact: true }).click();
  const address = page.getByLabel("Image URL", { exact: true });
  await address.fill("https://example.org/appliance.ova");
  await expect(format).toHaveValue("vmdk");
  await expect(container).toHaveValue("ova");
  await address.fill("https://example.org/kernel.aki");
  await expect(container).toHaveValue("aki");
});

test("of several files one is made an OVA with a click, which shows and can be taken back", async ({ page, member, temporary }) => {
  const appliance = temporary(made("x.tar", 2 * MiB, [0, "machine.ovf"], [257, "ustar"]));
  const container = page.getByLabel(`Container format for ${basename(appliance)}`, { exact: true });
  const offer = page.getByRole("button", { name: "Set container format to ova" });
  await signIn(page, member, "/images/new");
  await pickFiles(page, appliance, temporary(raw(4096)));
  await page.getByLabel(`Format of ${basename(appliance)}`, { exact: true }).selectOption("vmdk");
  await expect(container).toHaveValue("bare");
  await offer.click();
  await expect(container).toHaveValue("ova");
  await expect(offer).toHaveCount(0);
  await container.selectOption("bare");
  await expect(offer).toBeVisible();
});

test("what is left alone is not sent", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(4096)));
  const name = unique("plain");
  await page.getByLabel("Image name", { exact: true }).fill(name);
  const post = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/v2/images"));
  await page.getByRole("button", create).click();
  const body = (await post).postDataJSON();
  expect(Object.keys(body)).not.toContain("description");
  expect(Object.keys(body)).not.toContain("architecture");
  expect(body).toMatchObject({ name, disk_format: "raw", container_format: "bare", visibility: "private" });
  await expect(rowOf(page, name)).toContainText("Active");
});

test("every choice of the form reaches the record", { tag: "@cloud" }, async ({ page, member, account, temporary }) => {
  await signIn(page, await account("admin"), "/images/new");
  await pickFiles(page, temporary(qcow2()));
  const name = unique("all-fields");
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("radio", { name: "Public" }).check();
  await page.getByRole("checkbox", { name: "Protected" }).check();
  await page.getByText("Advanced", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Hidden" }).check();
  await page.getByLabel("Tags", { exact: true }).fill("lts, server");
  await page.getByRole("button", create).click();
  const api = await member.api();
  await expect
    .poll(async () => (await api.call("GET", `${api.image}/images?os_hidden=true&name=${name}`)).images[0]?.status)
    .toBe("active");
  const [record] = (await api.call("GET", `${api.image}/images?os_hidden=true&name=${name}`)).images;
  expect(record).toMatchObject({ visibility: "public", protected: true, os_hidden: true });
  expect([...record.tags].sort()).toEqual(["lts", "server"]);
});

test("public is refused to a member with the reason", { tag: "@cloud" }, async ({ page, member }) => {
  await signIn(page, member, "/images/new");
  const choice = page.getByRole("radio", { name: "Public" });
  await expect(choice).toHaveAttribute("aria-disabled", "true");
  await expect(choice).toHaveAccessibleDescription(/[Aa]dministrator/);
});

test("the formats to choose from are those that the cloud takes", async ({ page, member }) => {
  // Every cloud of the tests takes all of them.
  await page.route("**/v2/schemas/image", async (route) => {
    const schema = await (await route.fetch()).json();
    schema.properties.disk_format.enum = [null, "raw", "qcow2", "hologram"];
    schema.properties.container_format.enum = [null, "bare", "crate"];
    await route.fulfill({ json: schema });
  });
  await signIn(page, member, "/images/new");
  await page.getByText("Advanced", { exact: true }).click();
  const offered = (field: string) =>
    page.getByLabel(field, { exact: true }).getByRole("option").evaluateAll((all) => all.map((it) => (it as HTMLOptionElement).value).filter(Boolean));
  await expect.poll(() => offered("Format")).toEqual(["raw", "qcow2", "hologram"]);
  expect(await offered("Container format")).toEqual(["bare", "crate"]);
});

test("the operator's default visibility is chosen already, for whoever may choose it", async ({ page, browser, baseURL, member, account }) => {
  const publicByDefault = { default_visibility: "public" };
  await configure(page, publicByDefault);
  await signIn(page, await account("admin"), "/images/new");
  await expect(page.getByRole("radio", { name: "Public" })).toBeChecked();

  const elsewhere = await browser.newPage({ baseURL });
  await configure(elsewhere, publicByDefault);
  await signIn(elsewhere, member, "/images/new");
  await expect(elsewhere.getByRole("radio", { name: "Private" })).toBeChecked();
  await expectRefused(elsewhere.getByRole("radio", { name: "Public" }), /[Aa]dministrator/);
  await elsewhere.close();
});

test("the fields stay where they are while the cloud is asked what it offers", { tag: "@cloud" }, async ({ page, member }) => {
  const quota = page.getByText(/^\d+ of [\d,]+ images$/);
  await signIn(page, member, "/images/new");
  // From now on the browser knows that there is one.
  await expect(quota).toBeVisible();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const release = await holdBack(page, /\/v2\/info\//);
    await page.goto("/images/new");
    await expect(page.getByText("Asking the cloud which sources it offers")).toBeVisible();
    const top = async () => (await page.getByLabel("Image name", { exact: true }).boundingBox())!.y;
    const before = await top();
    release();
    await expect(page.getByRole("radio", { name: "URL", exact: true })).not.toHaveAttribute("aria-disabled");
    await expect(quota).toBeVisible();
    expect(await top(), `at ${width} pixels`).toBe(before);
    await page.unrouteAll({ behavior: "wait" });
  }
});

test("the project's image quota is told before anything is sent, with what the files add", async ({ page, member, temporary }) => {
  // No cloud gives all of these answers.
  let usage: Json = { image_size_total: { usage: 3, limit: 10 }, image_count_total: { usage: 1, limit: 3 } };
  await page.route("**/v2/info/usage", (route) => route.fulfill({ json: { usage } }));
  const form = page.getByRole("main");
  const warning = (words: string) => page.getByRole("status").filter({ hasText: words });
  const open = async (told: Json) => {
    usage = told;
    const answered = page.waitForResponse("**/v2/info/usage");
    await page.goto("/images/new");
    await answered;
  };
  await signIn(page, member, "/images/new");
  await expect(form).toContainText("Image storage");
  await expect(form.getByText(/^3\sMB of 10\sMB used$/)).toBeVisible();
  await expect(form.getByText("1 of 3 images", { exact: true })).toBeVisible();
  await pickFiles(page, temporary(raw(2 * MiB)));
  await expect(form.getByText(/^3\sMB of 10\sMB used; these files add 2\sMB$/)).toBeVisible();
  await expect(warning("more than what is left")).toHaveCount(0);
  await pickFiles(page, temporary(raw(8 * MiB)));
  await expect(form.getByText(/these files add 8\sMB$/)).toBeVisible();
  await expect(warning("more than what is left")).toBeVisible();
  await expect(warning("more images than the quota has left")).toHaveCount(0);
  await pickFiles(page, ...[1, 2, 3].map(() => temporary(raw(MiB))));
  await expect(form.getByText(/these files add 3\sMB$/)).toBeVisible();
  await expect(warning("more images than the quota has left")).toBeVisible();

  await open({ image_size_total: { usage: 10, limit: 10 }, image_count_total: { usage: 1, limit: -1 } });
  await expect(warning("The storage quota is used up")).toBeVisible();
  await expect(form.getByText(/ of .* images$/)).toHaveCount(0);

  await open({ image_size_total: { usage: 3, limit: -1 }, image_count_total: { usage: 1, limit: 3 } });
  await expect(form.getByText("1 of 3 images", { exact: true })).toBeVisible();
  await expect(form.getByText(/ of .* used/)).toHaveCount(0);

  for (const nothing of [{}, { image_size_total: { usage: 3, limit: -1 }, image_count_total: { usage: 1, limit: -1 } }]) {
    await open(nothing);
    await pickFiles(page, temporary(qcow2()));
    await expect(page.getByLabel("Format", { exact: true })).toHaveValue("qcow2");
    // Nothing comes any more that it could be drawn from.
    await page.waitForLoadState("networkidle");
    await expect(form).not.toContainText("Image storage");
  }
});

test("missing and wrong fields are named, the first one focused, and nothing is sent", async ({ page, member, temporary }) => {
  await signIn(page, member, "/images/new");
  const posts: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/v2/images")) posts.push(request.url());
  });
  await pickFiles(page, temporary(raw(4096)));
  await page.getByLabel("Image name", { exact: true }).fill("x".repeat(256));
  const ram = page.getByLabel("Minimum RAM (MB)", { exact: true });
  await ram.fill("");
  await ram.pressSequentially("2 GB");
  await page.getByLabel("Minimum disk (GB)", { exact: true }).fill("");
  const name = page.getByLabel("Image name", { exact: true });
  // What moves the button is there: the problems of the fields that were left, and the field for kernels.
  for (const field of [name, ram]) await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Kernel")).toBeVisible();
  await page.getByRole("button", create).click();
  await expect(name).toBeFocused();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Minimum disk (GB)", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(ram).toHaveValue("2 GB");
  await expect(ram).toHaveAttribute("aria-invalid", "true");
  expect(posts).toEqual([]);
});

test("a kernel and a ramdisk are asked for only where there are some, or the format wants them", async ({ page, member, temporary }) => {
  await page.route(/\/v2\/images\?/, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    const images = body.images.filter((image: Json) => !["aki", "ari"].includes(image.disk_format));
    await route.fulfill({ response, json: { ...body, images } });
  });
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(4096)));
  const format = page.getByLabel("Format", { exact: true });
  const [kernel, ramdisk] = [page.getByLabel("Kernel", { exact: true }), page.getByLabel("Ramdisk", { exact: true })];
  await format.selectOption("raw");
  await expect(kernel.or(ramdisk)).toHaveCount(0);
  await format.selectOption("ami");
  await expect(kernel).toBeVisible();
  await expect(ramdisk).toBeVisible();
});

test("a name that the project uses already is pointed out before anything is sent", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("twice");
  await (await member.api()).createImage({ name });
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(4096)));
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByLabel("Image name", { exact: true }).blur();
  await expect(page.getByRole("main").getByRole("link", { name: new RegExp(name) })).toBeVisible();
});

test("files whose images would have the same name are pointed out to each other", async ({ page, member }) => {
  const name = unique("same");
  const files = [`${name}.raw`, `${name}.img`];
  await signIn(page, member, "/images/new");
  await pickFiles(page, ...files.map((file) => ({ name: file, mimeType: "", buffer: Buffer.alloc(4096, 7) })));
  for (const file of files) await expect(page.getByText(`The image from ${file} would have the same name.`)).toBeVisible();
  await page.getByLabel(`Image name for ${files[0]}`, { exact: true }).fill(unique("other"));
  await expect(page.getByText("would have the same name")).toHaveCount(0);
});

test("several files make several images", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const files = [temporary(raw(64 * 1024)), temporary(qcow2()), temporary(raw(128 * 1024))];
  await signIn(page, member, "/images/new");
  await pickFiles(page, ...files);
  await page.getByRole("button", create).click();
  await expect(heading(page, "Images")).toBeVisible();
  for (const file of files) {
    const name = basename(file).replace(/\.\w+$/, "");
    await expect(rowOf(page, name)).toContainText("Active");
    const [record] = await (await member.api()).imagesNamed(name);
    expect(record.os_hash_value).toBe(await sha512(file));
  }
});

test("a running upload shows in tray and row, survives navigation, and ends by itself", async ({ page, member, temporary }) => {
  const name = unique("slow");
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(6 * MiB)));
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await throttleUploads(page, 1 * MiB);
  await page.getByRole("button", create).click();
  const bar = upload(page, name).getByRole("progressbar", { name });
  await expect(bar).toBeVisible();
  await expect(rowOf(page, name)).toContainText(/Saving|Queued|Sending/);
  await navigation(page, "Instances").click();
  await expect(heading(page, "Instances")).toBeVisible();
  await expect(bar).toBeVisible();
  await navigation(page, "Images").click();
  await throttleUploads(page, undefined);
  await expect(rowOf(page, name)).toContainText("Active");
  const entry = upload(page, name);
  await expect(entry).toContainText(/[Aa]ctive/);
  await entry.getByRole("button", { name: "Dismiss" }).click();
  await expect(entry).toHaveCount(0);
});

test("leaving the page while sending asks first", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("leaving");
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(20 * MiB)));
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await throttleUploads(page, 1 * MiB);
  await page.getByRole("button", create).click();
  await expect(upload(page, name).getByRole("progressbar", { name })).toBeVisible();
  const asked = page.waitForEvent("dialog");
  const reload = page.reload().catch(() => undefined);
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await expect(upload(page, name).getByRole("progressbar", { name })).toBeVisible();
  await upload(page, name).getByRole("button", { name: "Cancel" }).click();
  void reload;
});

test("cancelling leaves no record", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("cancelled");
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(32 * MiB)));
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await throttleUploads(page, 1 * MiB);
  await page.getByRole("button", create).click();
  await expect(upload(page, name).getByRole("progressbar", { name })).toBeVisible();
  const api = await member.api();
  expect(await api.imagesNamed(name)).toHaveLength(1);
  await upload(page, name).getByRole("button", { name: "Cancel" }).click();
  await expect.poll(async () => (await api.imagesNamed(name)).length).toBe(0);
  await expect(rowOf(page, name)).toHaveCount(0);
});

test("content that is not what the format says is refused, and a retry leaves one record, active", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("wrong-format");
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(1 * MiB)));
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByLabel("Format", { exact: true }).selectOption("qcow2");
  await page.getByRole("button", { name: "Send anyway" }).click();
  const entry = upload(page, name);
  await expect(entry.getByRole("button", { name: "Retry", exact: true })).toBeVisible();
  await expect(entry).toContainText("415");
  const api = await member.api();
  const [record] = await api.imagesNamed(name);
  expect(record.status).toBe("queued");
  // A real Glance keeps the refused bytes and never takes others for that record, so the next try makes a new one.
  await entry.getByRole("button", { name: "Set format to raw and retry" }).click();
  await expect(rowOf(page, name)).toContainText("Active");
  const again = await api.imagesNamed(name);
  expect(again.map((image) => image.disk_format)).toEqual(["raw"]);
});

test("a refused record keeps the form and shows the cloud's own reason", async ({ page, member, temporary }) => {
  await signIn(page, member, "/images/new");
  const name = "demo-fail-503";
  await pickFiles(page, temporary(raw(4096)));
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", create).click();
  await expect(alert(page, /503/)).toContainText("The server is currently unavailable. Please try again at a later time.");
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(name);
  await expect(heading(page, "Create image")).toBeVisible();
});

test("a refused record's answer is shown as words, never as raw JSON, nor with the token that it repeats", async ({ page, member, temporary }) => {
  const tokens = tokensOf(page);
  await signIn(page, member, "/images/new");
  // As a proxy that is meant for debugging answers: with the request and all its headers.
  await page.route("**/v2/images", async (route) => {
    const request = route.request();
    if (request.method() !== "POST") return route.fallback();
    const json = { message: "The store is away", code: 503, request: { headers: request.headers(), body: request.postDataJSON() } };
    await route.fulfill({ status: 503, json });
  });
  await pickFiles(page, temporary(raw(4096)));
  const name = unique("refused");
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", create).click();
  await expect(alert(page, /503/)).toContainText("The store is away");
  await expect(page.getByLabel("Image name", { exact: true })).toHaveValue(name);
  const shown = await page.evaluate(() => document.body.innerText);
  expect(shown).toContain("The store is away");
  for (const leaked of ['{"', "x-auth-token", tokens.at(-1)]) expect(shown.toLowerCase()).not.toContain(leaked?.toLowerCase());
  expect(await (await member.api()).imagesNamed(name)).toEqual([]);
});

test("an upload that the store refuses says why, and cancelling takes the record away", async ({ page, member, temporary }) => {
  const name = "demo-fail-upload-503";
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(raw(64 * 1024)));
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await page.getByRole("button", create).click();
  const entry = upload(page, name);
  await expect(entry).toContainText("503");
  const api = await member.api();
  expect(await api.imagesNamed(name)).toHaveLength(1);
  await entry.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(async () => (await api.imagesNamed(name)).length).toBe(0);
});

test("1 GiB goes up with flat memory", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  test.setTimeout(300_000);
  const file = temporary(sparse(1024 * MiB));
  const name = unique("one-gigabyte");
  await signIn(page, member, "/images/new");
  await pickFiles(page, file);
  await page.getByLabel("Image name", { exact: true }).fill(name);
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    // Array buffers, the WASM memory among them, are counted as backing storage.
    const use = (await session.send("Runtime.getHeapUsage")) as { usedSize: number; backingStorageSize?: number };
    return use.usedSize + (use.backingStorageSize ?? 0);
  };
  await session.send("HeapProfiler.collectGarbage");
  const before = await heap();
  let highest = before;
  await page.getByRole("button", create).click();
  await expect(upload(page, name).getByRole("progressbar", { name })).toBeVisible();
  await expect
    .poll(
      async () => {
        highest = Math.max(highest, await heap());
        return rowOf(page, name).innerText();
      },
      { timeout: 240_000, intervals: [250] },
    )
    .toContain("Active");
  test.info().annotations.push({ type: "heap growth", description: `${((highest - before) / MiB).toFixed(1)} MiB` });
  expect(highest - before).toBeLessThan(32 * MiB);
  const [record] = await (await member.api()).imagesNamed(name);
  expect(record.size).toBe(1024 * MiB);
  expect(record.os_hash_value).toBe(await sha512(file));
});

