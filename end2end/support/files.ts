// Disk images for the tests: real ones, small, and a big one that takes no room on disk.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, mkdirSync, openSync, writeSync, closeSync, truncateSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { has, scratch } from "./env.ts";
import { unique } from "./tenant.ts";

/** A path for a scratch file of this run. */
export function scratchFile(name: string): string {
  mkdirSync(scratch, { recursive: true });
  return join(scratch, name);
}

/** A qcow2 image with some data of its own in it: made by qemu-img where there is one, else by hand. */
export function qcow2(virtualMiB = 64): string {
  const path = scratchFile(`${unique("disk")}.qcow2`);
  if (has("qemu-img")) {
    execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", path, `${virtualMiB}M`]);
    if (has("qemu-io")) {
      const pattern = String(1 + (randomBytes(1)[0] % 250));
      execFileSync("qemu-io", ["-f", "qcow2", "-c", `write -P ${pattern} 0 256k`, path], { stdio: "ignore" });
    }
  } else {
    writeFileSync(path, minimalQcow2(virtualMiB * 1024 * 1024));
  }
  return path;
}

/** One small image for the tests that only need some active image. */
export function anyQcow2(): string {
  const path = scratchFile(`any-${process.pid}.qcow2`);
  if (!existsSync(path)) writeFileSync(path, minimalQcow2(64 * 1024 * 1024));
  return path;
}

/** Random bytes with a raw extension. */
export function raw(bytes: number): string {
  const path = scratchFile(`${unique("disk")}.raw`);
  writeFileSync(path, randomBytes(bytes));
  return path;
}

/** A file of these bytes, and zeros up to `size`. */
export function made(name: string, size: number, ...parts: [at: number, bytes: string | number[]][]): string {
  const path = scratchFile(`${unique("made")}-${name}`);
  const file = Buffer.alloc(size);
  for (const [at, bytes] of parts) (typeof bytes === "string" ? Buffer.from(bytes, "latin1") : Buffer.from(bytes)).copy(file, at);
  writeFileSync(path, file);
  return path;
}

/** An image of any format that qemu-img writes, where there is qemu-img. */
export function byQemu(name: string, format: string, options: string[] = [], size = "64M"): string {
  const path = scratchFile(`${unique("qemu")}-${name}`);
  execFileSync("qemu-img", ["create", "-q", "-f", format, ...options, path, size]);
  return path;
}

/** A file of any size that takes no room: random at both ends, holes in between. */
export function sparse(bytes: number, extension = "raw"): string {
  const path = scratchFile(`${unique("big")}.${extension}`);
  const file = openSync(path, "w");
  writeSync(file, randomBytes(65536), 0, 65536, 0);
  writeSync(file, randomBytes(65536), 0, 65536, bytes - 65536);
  closeSync(file);
  truncateSync(path, bytes);
  return path;
}

/** The SHA-512 of a file, read as a stream. */
export async function sha512(path: string): Promise<string> {
  const hash = createHash("sha512");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/**
 * The smallest qcow2 that qemu-img takes: version 3, an empty L1 table, a refcount table and one refcount block that
 * counts the four clusters in use. https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.rst
 */
function minimalQcow2(virtualBytes: number): Buffer {
  const cluster = 65536;
  const perL2 = cluster / 8;
  const l1Entries = Math.ceil(virtualBytes / (cluster * perL2));
  const file = Buffer.alloc(4 * cluster);
  file.write("QFI\xfb", 0, "latin1");
  file.writeUInt32BE(3, 4); // version
  file.writeUInt32BE(16, 20); // cluster bits
  file.writeBigUInt64BE(BigInt(virtualBytes), 24);
  file.writeUInt32BE(l1Entries, 36);
  file.writeBigUInt64BE(BigInt(3 * cluster), 40); // L1 table: the fourth cluster
  file.writeBigUInt64BE(BigInt(cluster), 48); // refcount table: the second
  file.writeUInt32BE(1, 56); // clusters of the refcount table
  file.writeUInt32BE(4, 96); // refcount order: 16 bits
  file.writeUInt32BE(104, 100); // header length
  file.writeBigUInt64BE(BigInt(2 * cluster), cluster); // refcount block: the third
  for (let i = 0; i < 4; i++) file.writeUInt16BE(1, 2 * cluster + 2 * i);
  return file;
}
