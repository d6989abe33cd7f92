// nginx as docs/deploy/nginx.conf has it, started by a test for itself in front of the run's demo cloud.
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { program, start, type Site } from "../deploy/nginx.mjs";
import { cloudURL, here } from "./env.ts";
import { demoServices, distFolder } from "./servers.ts";

export const hasNginx = Boolean(program());

/** One that answers; `stop` it. */
export async function nginx(site: Partial<Site> = {}): Promise<{ url: string; stop(): Promise<unknown> }> {
  const listen = `127.0.0.1:${await freePort()}`;
  const config = join(here, "../docs/deploy/config.json");
  const { ended, stop } = start({ dist: distFolder(), config, upstreams: demoServices(cloudURL), ...site, listen });
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  const url = `${site.certificate ? "https" : "http"}://${listen}`;
  while (!(await connects(listen))) {
    if (hasEnded) throw new Error("nginx has ended: its complaint stands above");
  }
  return { url, stop };
}

async function connects(listen: string): Promise<boolean> {
  const [host, port] = listen.split(":");
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => (socket.destroy(), resolve(true)));
    socket.on("error", () => setTimeout(() => resolve(false), 50));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
