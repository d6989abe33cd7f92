// After the last test: the run's scratch files go (the servers are stopped by Playwright itself).
import { rmSync } from "node:fs";
import { scratch } from "./env.ts";

export default function teardown(): void {
  if (!process.env.E2E_KEEP) rmSync(scratch, { recursive: true, force: true });
}
