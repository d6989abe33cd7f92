// A web server on loopback that a cloud fetches images from.
import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { cloud } from "./env.ts";

/** The file that the real cloud's own set-up serves on a port that its Glance may fetch from (see cloud/render.sh). */
const REAL_FILE = process.env.E2E_FILE_URL ?? "http://127.0.0.1:8097/tiny.qcow2";

export class Web {
  #server: Server;
  #files = new Map<string, Buffer>();
  #held = new Map<string, ServerResponse[]>();
  #holding = new Set<string>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Web> {
    const server = createServer((request, response) => web.#answer(request.url ?? "/", response));
    const web = new Web(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return web;
  }

  /** Serves a file's bytes; the address that it then has. */
  put(name: string, path: string): string {
    this.#files.set(`/${name}`, readFileSync(path));
    return this.url(name);
  }

  url(name: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`;
  }

  /** From now on gives out only the first half of the file, until `release`. */
  hold(name: string): void {
    this.#holding.add(`/${name}`);
  }

  release(name: string): void {
    const path = `/${name}`;
    this.#holding.delete(path);
    const file = this.#files.get(path);
    for (const response of this.#held.get(path) ?? []) response.end(file?.subarray(file.length >> 1));
    this.#held.delete(path);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(path: string, response: ServerResponse): void {
    const file = this.#files.get(path);
    if (!file) return void response.writeHead(404).end("nothing here");
    response.writeHead(200, { "Content-Length": file.length, "Content-Type": "application/octet-stream" });
    if (!this.#holding.has(path)) return void response.end(file);
    // In two parts, a while apart: the cloud tells how far it is only now and then.
    response.write(file.subarray(0, file.length >> 2));
    setTimeout(() => response.write(file.subarray(file.length >> 2, file.length >> 1)), 700).unref();
    this.#held.set(path, [...(this.#held.get(path) ?? []), response]);
  }
}

/** An address that the cloud under test may fetch from: a server of the test's, or the real cloud's own. */
export function fetchable(web: Web, name: string, path: string): string {
  return cloud === "real" ? REAL_FILE : web.put(name, path);
}
