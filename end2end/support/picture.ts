// Pictures for the documentation: few colours, so that a repository can hold them.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import UPNG from "upng-js";

/** Enough for an interface of flat colours and the smoothed edges of its letters. */
const COLOURS = 96;

/** Writes a screenshot with a palette: about a quarter of the bytes. */
export function writePicture(path: string, screenshot: Buffer): void {
  const { width, height, ...decoded } = UPNG.decode(new Uint8Array(screenshot).buffer);
  const [pixels] = UPNG.toRGBA8({ width, height, ...decoded });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(UPNG.encode([pixels], width, height, COLOURS)));
}
