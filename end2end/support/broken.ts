// Servers that misbehave as clouds and proxies do, on loopback ports of their own, and the app in front of them: nothing is
// intercepted in the browser.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, request as forward, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { baseURL } from "./env.ts";

/** A server that runs until it is closed. */
export interface Running {
  url: string;
  close(): void;
}

export async function run(listener: RequestListener, server: Server = createServer(listener)): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** How a service treats other origins. */
interface Manners {
  /** Request headers that it does not allow. */
  refusedHeaders?: string[];
  /** Methods that it does not allow. */
  refusedMethods?: string[];
  /** It knows nothing of CORS. */
  withoutCors?: boolean;
}

const versions = JSON.stringify({ versions: [{ id: "v2.17", status: "CURRENT" }] });

/** A service as far as the doctor asks: its versions, and 401 for all else. */
export function service(manners: Manners = {}): RequestListener {
  return (request, response) => {
    if (!manners.withoutCors) allow(request, response, manners);
    if (request.method === "OPTIONS") return void response.writeHead(200).end();
    request.resume();
    request.on("end", () => {
      const isRoot = request.url === "/";
      response.writeHead(isRoot ? 300 : 401, { "Content-Type": isRoot ? "application/json" : "text/html" });
      response.end(isRoot ? versions : "Authentication required");
    });
  };
}

/** As oslo.middleware does: what is refused makes the whole preflight fail. */
function allow(request: IncomingMessage, response: ServerResponse, manners: Manners): void {
  const wanted = `${request.headers["access-control-request-headers"] ?? ""}`.toLowerCase().split(",").map((name) => name.trim());
  const method = `${request.headers["access-control-request-method"] ?? ""}`;
  const refuses =
    manners.refusedMethods?.includes(method) || manners.refusedHeaders?.some((name) => wanted.includes(name.toLowerCase()));
  if (refuses) return;
  response.setHeader("Access-Control-Allow-Origin", `${request.headers.origin ?? "*"}`);
  response.setHeader("Access-Control-Allow-Headers", wanted.join(","));
  if (method) response.setHeader("Access-Control-Allow-Methods", method);
}

/** Answers everything in the same way, to any origin. */
export function always(status: number, type: string, body: string, more: Record<string, string> = {}): RequestListener {
  return (request, response) => {
    allow(request, response, {});
    if (request.method === "OPTIONS") return void response.writeHead(200).end();
    response.writeHead(status, { "Content-Type": type, ...more }).end(body);
  };
}

/** A service that never compresses: a long listing, and below `/file` as many bytes of an image. */
export const plain: RequestListener = (request, response) => {
  const body = JSON.stringify({ images: Array.from({ length: 100 }, (_, at) => ({ id: at, name: "an image" })) });
  always(200, request.url?.endsWith("/file") ? "application/octet-stream" : "application/json", body)(request, response);
};

/** Where nobody listens any more. */
export async function closedPort(): Promise<string> {
  const server = await run(() => {});
  server.close();
  return server.url;
}

/** A service with a certificate that nobody has signed. */
export async function selfSigned(folder: string): Promise<Running> {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-days", "1"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, ...subject], { stdio: "ignore" });
  const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, service());
  const running = await run(service(), server as unknown as Server);
  return { ...running, url: running.url.replace("http:", "https:") };
}

interface Front {
  /** What `config.json` says. */
  config: object;
  /** Origins in the page's policy; all of loopback when not given. */
  connect?: string;
  /** Requests that are read to their end and never answered. */
  unanswered?: (request: IncomingMessage) => boolean;
  /** The largest body that is let through, as nginx' client_max_body_size. */
  maxBody?: number;
}

/** The app, and the demo cloud below the same origin, behind a proxy with a configuration of its own. */
export function front({ config, connect = "http://127.0.0.1:* https://127.0.0.1:*", unanswered, maxBody }: Front): Promise<Running> {
  return run((request, response) => {
    if (request.url === "/config.json") {
      return void response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(config));
    }
    if (unanswered?.(request)) return void request.resume();
    if (maxBody && Number(request.headers["content-length"] ?? 0) > maxBody) {
      response.writeHead(413, { "Content-Type": "text/html" }).end("<h1>413 Request Entity Too Large</h1>");
      // As nginx' lingering close: who is still sending gets to see the answer.
      return void request.resume();
    }
    const onward = forward(`${baseURL}${request.url}`, { method: request.method, headers: request.headers }, (answer) => {
      const policy = `${answer.headers["content-security-policy"] ?? ""}`.replace(/connect-src [^;]*/, `connect-src 'self' ${connect}`);
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...(policy && { "content-security-policy": policy }) });
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
}

/** Sends so many bytes from the page; what the page is told, and after how long. */
export async function send(page: Page, url: string, bytes: number): Promise<{ status: number; text: string; seconds: number }> {
  return page.evaluate(
    ({ url, bytes }) =>
      new Promise((resolve) => {
        const piece = new Uint8Array(16 * 1024 * 1024);
        const request = new XMLHttpRequest();
        const begun = performance.now();
        request.open("PUT", url);
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.onloadend = () =>
          resolve({ status: request.status, text: request.responseText, seconds: (performance.now() - begun) / 1000 });
        request.send(new Blob(Array.from({ length: bytes / piece.length }, () => piece)));
      }),
    { url, bytes },
  );
}

/** A service that refuses from the headers alone, reads nothing of what is still coming, and closes the connection after a
 * while: a proxy that is short of time finds the connection reset before it has read the answer. (Not with node:http, which
 * closes the connection as soon as the answer is written.) */
export async function curt(status: number): Promise<{ url: string; stop(): void }> {
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
    socket.once("readable", () => {
      const text = "no, said the service";
      const head = [`HTTP/1.1 ${status} Refused`, "Connection: close", "Content-Type: text/plain", `Content-Length: ${text.length}`];
      socket.write(`${head.join("\r\n")}\r\n\r\n${text}`);
      setTimeout(() => socket.destroy(), 5000).unref();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => (open.forEach((socket) => socket.destroy()), server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop };
}
