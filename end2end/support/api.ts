// The cloud's own REST APIs, as the tests use them to set up, to look behind the app's back, and to clean up.
// It shares nothing with the app: what the app gets wrong, this must not get wrong in the same way.
import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { keystoneURL } from "./env.ts";

export type Json = Record<string, any>;

/** An answer that the test did not expect. */
export class ApiError extends Error {
  status: number;
  constructor(what: string, status: number, body: string) {
    super(`${what}: ${status} ${body.slice(0, 500)}`);
    this.status = status;
  }
}

export interface Credentials {
  user: string;
  password: string;
  domain?: string;
  project?: string;
}

/** One token and the catalog that came with it. */
export class Cloud {
  readonly token: string;
  readonly project: { id: string; name: string } | undefined;
  readonly userId: string;
  #catalog: Json[];

  private constructor(token: string, body: Json) {
    this.token = token;
    this.project = body.project;
    this.userId = body.user.id;
    this.#catalog = body.catalog ?? [];
  }

  /** Signs in by password, scoped to the named project where one is given. */
  static async signIn(who: Credentials): Promise<Cloud> {
    const domain = { name: who.domain ?? "Default" };
    const auth: Json = {
      identity: { methods: ["password"], password: { user: { name: who.user, domain, password: who.password } } },
    };
    if (who.project) auth.scope = { project: { name: who.project, domain } };
    const answer = await fetch(`${keystoneURL}/auth/tokens`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ auth }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new ApiError(`sign in as ${who.user}`, answer.status, text);
    return new Cloud(answer.headers.get("X-Subject-Token") ?? "", JSON.parse(text).token);
  }

  /** The public URL of a service, without a trailing slash and, for images and networks, without a version. */
  endpoint(...types: string[]): string {
    const service = this.#catalog.find((entry) => types.includes(entry.type));
    const url = service?.endpoints.find((e: Json) => e.interface === "public")?.url as string | undefined;
    if (!url) throw new Error(`no ${types[0]} service in the catalog`);
    return new URL(url, keystoneURL).href.replace(/\/+$/, "").replace(/\/v2(\.0)?$/, "");
  }

  get identity() { return keystoneURL; }
  get image() { return `${this.endpoint("image")}/v2`; }
  get compute() { return this.endpoint("compute"); }
  get volume() { return this.endpoint("block-storage", "block-store", "volumev3"); }
  get network() { return `${this.endpoint("network")}/v2.0`; }

  /** Every host and port that the catalog names. */
  hosts(): string[] {
    const urls = this.#catalog.flatMap((entry) => entry.endpoints.map((e: Json) => e.url as string));
    return [...new Set(urls.map((url) => new URL(url, keystoneURL).host))];
  }

  /** Performs a request and gives its answer, whatever the status. */
  async raw(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(url, {
      method,
      headers: {
        "X-Auth-Token": this.token,
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  /** Performs a request that must succeed and gives its JSON (an empty object for an empty answer). */
  async call(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Json> {
    const answer = await this.raw(method, url, body, headers);
    const text = await answer.text();
    if (!answer.ok) throw new ApiError(`${method} ${url}`, answer.status, text);
    return text.trim().startsWith("{") || text.trim().startsWith("[") ? JSON.parse(text) : {};
  }

  /** As `call`, but a 404 is as good as success: for deleting what may be gone. */
  async forget(url: string): Promise<void> {
    const answer = await this.raw("DELETE", url);
    if (!answer.ok && answer.status !== 404) throw new ApiError(`DELETE ${url}`, answer.status, await answer.text());
  }

  // --- Images

  /** Makes an image record; with `file` the bytes too, so that it is active. */
  async createImage(fields: Json, file?: string): Promise<Json> {
    const record = await this.call("POST", `${this.image}/images`, {
      disk_format: "qcow2",
      container_format: "bare",
      visibility: "private",
      ...fields,
    });
    if (!file) return record;
    await this.uploadImage(record.id, file);
    return this.getImage(record.id);
  }

  async uploadImage(id: string, file: string): Promise<void> {
    const answer = await fetch(`${this.image}/images/${id}/file`, {
      method: "PUT",
      headers: { "X-Auth-Token": this.token, "Content-Type": "application/octet-stream" },
      body: await openAsBlob(file),
    });
    if (!answer.ok) throw new ApiError(`upload to ${id}`, answer.status, await answer.text());
  }

  async getImage(id: string): Promise<Json> {
    return this.call("GET", `${this.image}/images/${id}`);
  }

  /** What the listing answers for an exact name: for "is there a record left?". */
  async imagesNamed(name: string): Promise<Json[]> {
    return (await this.call("GET", `${this.image}/images?name=${encodeURIComponent(name)}`)).images;
  }

  async patchImage(id: string, operations: Json[]): Promise<Json> {
    return this.call("PATCH", `${this.image}/images/${id}`, operations, {
      "Content-Type": "application/openstack-images-v2.1-json-patch",
    });
  }

  /** SHA-512 and length of the bytes that the cloud gives back. */
  async downloadHash(id: string): Promise<{ sha512: string; bytes: number }> {
    const answer = await fetch(`${this.image}/images/${id}/file`, { headers: { "X-Auth-Token": this.token } });
    if (!answer.ok || !answer.body) throw new ApiError(`download ${id}`, answer.status, await answer.text());
    const hash = createHash("sha512");
    let bytes = 0;
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    return { sha512: hash.digest("hex"), bytes };
  }

  // --- Compute and networks

  async flavor(name: string): Promise<Json> {
    const all = (await this.call("GET", `${this.compute}/flavors/detail`)).flavors as Json[];
    const found = all.find((flavor) => flavor.name === name);
    if (!found) throw new Error(`no flavor ${name}`);
    return found;
  }

  async servers(): Promise<Json[]> {
    return (await this.call("GET", `${this.compute}/servers/detail`)).servers;
  }

  async createServer(name: string, image: string, flavor: string, networks: Json[] | string): Promise<Json> {
    const body = { server: { name, imageRef: image, flavorRef: (await this.flavor(flavor)).id, networks } };
    return (await this.call("POST", `${this.compute}/servers`, body, { "OpenStack-API-Version": "compute 2.37" })).server;
  }

  /** Makes a network with a subnet, as Nova wants one for a launch. */
  async createNetwork(name: string, cidr: string): Promise<Json> {
    const { network } = await this.call("POST", `${this.network}/networks`, { network: { name } });
    await this.call("POST", `${this.network}/subnets`, {
      subnet: { network_id: network.id, name: `${name}-subnet`, ip_version: 4, cidr },
    });
    return network;
  }

  async networkNamed(name: string): Promise<Json> {
    const found = (await this.call("GET", `${this.network}/networks?name=${encodeURIComponent(name)}`)).networks[0];
    if (!found) throw new Error(`no network ${name}`);
    return found;
  }

  /** Whether Keystone still takes a token (asked with this client's own). */
  async isValid(token: string): Promise<boolean> {
    const answer = await this.raw("GET", `${this.identity}/auth/tokens`, undefined, { "X-Subject-Token": token });
    return answer.ok;
  }

  async revoke(token: string): Promise<void> {
    const answer = await this.raw("DELETE", `${this.identity}/auth/tokens`, undefined, { "X-Subject-Token": token });
    if (!answer.ok) throw new ApiError("revoke", answer.status, await answer.text());
  }
}
