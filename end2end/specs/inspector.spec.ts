// What the create form says of a file before anything is sent, and that the cloud then says the same.
import { basename } from "node:path";
import { configure, expectAccessible, expectRefused, heading, pickFiles, rowOf, signIn, upload } from "../support/app.ts";
import { cloud, has } from "../support/env.ts";
import { byQemu, made, qcow2, raw } from "../support/files.ts";
import { unique } from "../support/tenant.ts";
import { expect, test } from "../support/test.ts";
import type { Locator, Page } from "@playwright/test";

const MiB = 1024 * 1024;

/** A boot sector with one partition of this type. */
const sector = (kind: number, chs: number[], lba: number): [number, number[]][] => [
  [446, [0, ...chs, kind, 0xff, 0xff, 0xff, lba, 0, 0, 0, 100, 0, 0, 0]],
  [510, [0x55, 0xaa]],
];
const LINUX = sector(0x83, [32, 33, 0], 8);
const GPT = sector(0xee, [0, 2, 0], 1);
const EFI: [number, string] = [1024, "\x28\x73\x2a\xc1\x1f\xf8\xd2\x11\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b"];

/** The entry of the only chosen file. */
function entry(page: Page): Locator {
  return page.getByRole("list", { name: "Files" }).getByRole("listitem").first();
}

function format(page: Page): Locator {
  return page.getByLabel("Format", { exact: true });
}

function create(page: Page): Locator {
  return page.getByRole("button", { name: "Create image", exact: true });
}

const table: { what: string; file: () => string; format: string; says: string[]; fixes?: string[]; refused?: boolean }[] = [
  { what: "qcow2 under another name", file: () => made("noble-amd64.raw", 2 * MiB, [0, "QFI\xfb\0\0\0\x03"], [24, [0, 0, 0, 0, 0xc0, 0, 0, 0]]), format: "qcow2", says: ["QCOW2", "disk of 3 GB"], fixes: ["Set minimum disk to 3 GB", "Set os_distro to ubuntu", "Set os_version to 24.04"] },
  { what: "a qcow2 with a backing file", file: () => made("x.qcow2", 2 * MiB, [0, "QFI\xfb\0\0\0\x03"], [15, [1]]), format: "qcow2", says: ["Refused", "unsafe", "backing file"], refused: true },
  { what: "LUKS of version 2", file: () => made("x.raw", 2 * MiB, [0, "LUKS\xba\xbe\0\x02"]), format: "raw", says: ["Refused", "LUKS version 2"], refused: true },
  { what: "QED", file: () => made("x.img", 2 * MiB, [0, "QED\0"]), format: "qcow2", says: ["Refused"], refused: true },
  { what: "a hybrid partition table", file: () => made("x.raw", 2 * MiB, ...GPT, [462, LINUX[0][1] as number[]]), format: "raw", says: ["Warning", "hybrid"] },
  { what: "a partitioned disk", file: () => made("x.raw", 2 * MiB, ...LINUX), format: "raw", says: ["Content"] },
  { what: "a disk for UEFI", file: () => made("x.raw", 2 * MiB, ...GPT, [512, "EFI PART"], EFI), format: "raw", says: ["UEFI"], fixes: ["Set hw_firmware_type to uefi"] },
  { what: "a CD that does not boot", file: () => made("x.iso", 2 * MiB, [0x8000, "\x01CD001"]), format: "iso", says: ["ISO", "no boot sector"] },
  { what: "a compressed file", file: () => made("x.img", 2 * MiB, [0, [0x1f, 0x8b, 8]]), format: "qcow2", says: ["compressed file (gz)", "not a disk image"], refused: true },
  { what: "an OVA", file: () => made("x.tar", 2 * MiB, [0, "machine.ovf"], [257, "ustar"]), format: "", says: ["OVA appliance"], fixes: ["Set container format to ova"] },
  { what: "a web page", file: () => made("x.raw", 5000, [0, "<!DOCTYPE html><title>Sign in</title>".padEnd(5000)]), format: "raw", says: ["web page"] },
  { what: "a VHD of fixed size", file: () => made("x.vhd", 2 * MiB, [2 * MiB - 512, "conectix"], [2 * MiB - 512 + 48, [0, 0, 0, 0, 0, 0x1f, 0xfe, 0]]), format: "raw", says: ["VHD of fixed size"] },
  { what: "a hundred bytes", file: () => raw(100), format: "raw", says: ["too small"] },
  { what: "a kernel", file: () => made("vmlinuz.aki", 4096, [0, "MZ"]), format: "aki", says: ["Content"] },
];

for (const { what, file, format: wanted, says, fixes = [], refused = false } of table) {
  test(`${what} is told by its content`, async ({ page, member, temporary }) => {
    await signIn(page, member, "/images/new");
    await pickFiles(page, temporary(file()));
    for (const words of says) await expect(entry(page)).toContainText(words);
    await expect(format(page)).toHaveValue(wanted);
    for (const fix of fixes) await expect(entry(page).getByRole("button", { name: fix })).toBeVisible();
    if (refused) {
      await expectRefused(create(page), /The cloud will refuse/);
      await expect(page.getByRole("button", { name: "Send anyway" })).toBeVisible();
    } else {
      await expect(create(page)).not.toHaveAttribute("aria-disabled", "true");
      await expect(page.getByRole("button", { name: "Send anyway" })).toHaveCount(0);
    }
    await expectAccessible(page);
  });
}

test("where the operator's Glance refuses odd partition tables, the form does", async ({ page, member, temporary }) => {
  await configure(page, { partition_tables: "refuse" });
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(made("x.raw", 2 * MiB, ...GPT, [462, LINUX[0][1] as number[]])));
  await expect(entry(page)).toContainText("Refused");
  await expect(entry(page).getByText(/hybrid/)).toHaveCount(1);
  await expectRefused(create(page), /The cloud will refuse/);
  await pickFiles(page, temporary(made("y.raw", 2 * MiB, ...LINUX)));
  await expect(entry(page)).toContainText("Content");
  await expect(create(page)).not.toHaveAttribute("aria-disabled", "true");
});

test("one click sets the format right, takes the minimum disk and the properties, and the image has them", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  const name = unique("mended");
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(qcow2(3 * 1024)));
  await expect(format(page)).toHaveValue("qcow2");
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await format(page).selectOption("vmdk");
  await expect(entry(page)).toContainText("its format is given as vmdk, but the content is QCOW2");
  await expectRefused(create(page), /will refuse/);
  await entry(page).getByRole("button", { name: "Set format to qcow2" }).click();
  await expect(format(page)).toHaveValue("qcow2");
  await expect(entry(page).getByText("Refused")).toHaveCount(0);
  await entry(page).getByRole("button", { name: "Set minimum disk to 3 GB" }).click();
  await expect(page.getByLabel("Minimum disk (GB)")).toHaveValue("3");
  await expect(entry(page).getByRole("button", { name: "Set minimum disk to 3 GB" })).toHaveCount(0);
  await create(page).click();
  await expect(upload(page, name)).toContainText("Verified");
  const [image] = await (await member.api()).imagesNamed(name);
  expect(image).toMatchObject({ disk_format: "qcow2", container_format: "bare", min_disk: 3, virtual_size: 3 * 1024 * MiB });
});

test("the firmware that a disk needs becomes a property of the image", async ({ page, member, temporary }) => {
  const name = unique("uefi");
  await signIn(page, member, "/images/new");
  await pickFiles(page, temporary(made("x.raw", 2 * MiB, ...GPT, [512, "EFI PART"], EFI)));
  await page.getByLabel("Image name", { exact: true }).fill(name);
  await entry(page).getByRole("button", { name: "Set hw_firmware_type to uefi" }).click();
  await expect(entry(page).getByRole("button", { name: "Set hw_firmware_type to uefi" })).toHaveCount(0);
  await create(page).click();
  await expect(rowOf(page, name)).toContainText("Active");
  const [image] = await (await member.api()).imagesNamed(name);
  expect(image.hw_firmware_type).toBe("uefi");
});

test("of several files each has its own findings; one that is refused stops them all until it is mended", async ({ page, member, temporary }) => {
  const good = temporary(raw(2 * MiB));
  const bad = temporary(made("disk.vmdk", 2 * MiB, [0, "QFI\xfb\0\0\0\x03"], [24, [0, 0, 0, 0, 0x40, 0, 0, 0]]));
  await signIn(page, member, "/images/new");
  await pickFiles(page, good, bad);
  const badFormat = page.getByLabel(`Format of ${basename(bad)}`);
  // By its content already.
  await expect(badFormat).toHaveValue("qcow2");
  await badFormat.selectOption("vmdk");
  await expectRefused(create(page), new RegExp(basename(bad)));
  await page.getByRole("button", { name: "Set format to qcow2" }).click();
  await create(page).click();
  await expect(heading(page, "Images")).toBeVisible();
  for (const file of [good, bad]) await expect(upload(page, basename(file).replace(/\.[^.]+$/, ""))).toContainText("Verified");
});

test("a file that is removed before it is looked into is said to be unreadable, in both languages", async ({ page, member }) => {
  await signIn(page, member, "/images/new");
  // A file whose bytes can't be had: what the browser hands out for one that is gone.
  await page.route("**/worker_loader.js", async (route) => {
    const response = await route.fetch();
    const broken = "FileReaderSync.prototype.readAsArrayBuffer = () => { throw new DOMException('gone', 'NotReadableError') };\n";
    await route.fulfill({ response, body: broken + (await response.text()) });
  });
  await page.reload();
  await pickFiles(page, raw(4096));
  await expect(page.getByText("The file can’t be read")).toBeVisible();
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await expect(page.getByText("无法读取该文件")).toBeVisible();
});

// Every format and sub-format of qemu-img: what the form says beforehand is what the cloud does.
const subformats: [name: string, format: string, options: string[]][] = [
  ["v3.qcow2", "qcow2", []],
  ["v2.qcow2", "qcow2", ["-o", "compat=0.10"]],
  ["zstd.qcow2", "qcow2", ["-o", "compression_type=zstd"]],
  ["extended.qcow2", "qcow2", ["-o", "extended_l2=on"]],
  ["data.qcow2", "qcow2", ["-o", "preallocation=metadata"]],
  ["sparse.vmdk", "vmdk", ["-o", "subformat=monolithicSparse"]],
  ["stream.vmdk", "vmdk", ["-o", "subformat=streamOptimized"]],
  ["flat.vmdk", "vmdk", ["-o", "subformat=monolithicFlat"]],
  ["dynamic.vhd", "vpc", ["-o", "subformat=dynamic"]],
  ["fixed.vhd", "vpc", ["-o", "subformat=fixed"]],
  ["dynamic.vhdx", "vhdx", ["-o", "subformat=dynamic"]],
  ["fixed.vhdx", "vhdx", ["-o", "subformat=fixed"]],
  ["dynamic.vdi", "vdi", []],
  ["static.vdi", "vdi", ["-o", "static=on"]],
  ["banned.qed", "qed", []],
  ["plain.raw", "raw", []],
];

test("what the form says of each of qemu-img's formats is what the cloud does", { tag: "@cloud" }, async ({ page, member, temporary }) => {
  test.skip(!has("qemu-img"), "qemu-img is not installed");
  // Dozens of uploads, each with its record made and deleted.
  if (cloud === "real") test.setTimeout(600_000);
  const api = await member.api();
  await signIn(page, member, "/images/new");
  for (const [name, kind, options] of subformats) {
    const file = temporary(byQemu(name, kind, options, "4M"));
    await pickFiles(page, file);
    await expect(entry(page)).toContainText(basename(file));
    await expect(entry(page)).toContainText("Content");
    for (const declared of ["qcow2", "vmdk", "vhd", "raw"]) {
      await format(page).selectOption(declared);
      const isRefused = (await page.getByRole("button", { name: "Send anyway" }).count()) > 0;
      const image = await api.createImage({ name: unique("said"), disk_format: declared, container_format: "bare" });
      const sent = await api.uploadImage(image.id, file).then(() => "taken", (error) => String(error));
      expect(sent.includes("415") ? "refused" : sent, `${name} as ${declared}`).toBe(isRefused ? "refused" : "taken");
      await api.forget(`${api.image}/images/${image.id}`);
    }
  }
});
