// A demo cloud for one measurement: it serves the built app too, keeps nothing, and is ended by its process id.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = process.env.SEXTANT_DEMO ?? join(root, "target", "release", "sextant-demo");
const port = Number(process.env.BENCH_PORT ?? 5070);

export const origin = `http://127.0.0.1:${port}`;

/** Runs `measure` against a demo cloud with so many images more than it always has; `config`: the app's, in the project's folder. */
export async function withCloud(images, measure, config = "end2end/bench/config.json") {
  const options = ["--memory", "--listen", `127.0.0.1:${port}`, "--dist", process.env.E2E_DIST ?? join(root, "dist"), "--config", join(root, config)];
  const child = spawn(program, [...options, "--images", String(images)], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((resolve, reject) => {
    child.once("exit", resolve);
    child.once("error", reject);
  });
  try {
    await Promise.race([answers(), ended.then((code) => Promise.reject(new Error(`${program} ended (${code})`)))]);
    return await measure();
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

async function answers() {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const answer = await fetch(`${origin}/config.json`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the demo cloud did not answer on ${origin} within a minute`);
}

/** A token for calls beside the browser. */
export async function token(name = "alice", password = "password", project = "demo") {
  const user = { name, password, domain: { name: "Default" } };
  const scope = { project: { name: project, domain: { name: "Default" } } };
  const auth = { identity: { methods: ["password"], password: { user } }, scope };
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${origin}/identity/v3/auth/tokens`, { method: "POST", headers, body: JSON.stringify({ auth }) });
  if (!answer.ok) throw new Error(`${name} could not sign in: ${answer.status} ${await answer.text()}`);
  return answer.headers.get("X-Subject-Token");
}
