// A project and people of its own for each test, made through Keystone as the administrator and taken away afterwards.
import { randomBytes } from "node:crypto";
import { Cloud, type Json } from "./api.ts";
import { admin } from "./env.ts";

export type Role = "member" | "reader" | "admin";

export interface Person {
  user: string;
  password: string;
  id: string;
}

/** Short and unlike any other, so that tests running at once never meet. */
export function unique(word: string): string {
  return `${word}-${randomBytes(4).toString("hex")}`;
}

/** The administrator's hand: everything made through it is remembered and taken away by `cleanUp`. */
export class Steward {
  readonly cloud: Cloud;
  #roles = new Map<string, string>();
  #domain: string;
  #users: string[] = [];
  #projects: { id: string; name: string }[] = [];

  private constructor(cloud: Cloud, domain: string) {
    this.cloud = cloud;
    this.#domain = domain;
  }

  static async start(): Promise<Steward> {
    const cloud = await Cloud.signIn(admin);
    const { project } = await cloud.call("GET", `${cloud.identity}/projects/${cloud.project?.id}`);
    const steward = new Steward(cloud, project.domain_id);
    for (const role of (await cloud.call("GET", `${cloud.identity}/roles`)).roles as Json[]) {
      steward.#roles.set(role.name, role.id);
    }
    return steward;
  }

  async project(word = "e2e"): Promise<{ id: string; name: string }> {
    const body = { project: { name: unique(word), domain_id: this.#domain } };
    const { project } = await this.cloud.call("POST", `${this.cloud.identity}/projects`, body);
    this.#projects.push(project);
    return { id: project.id, name: project.name };
  }

  async person(word = "user"): Promise<Person> {
    const user = unique(word);
    const password = `pw-${randomBytes(6).toString("hex")}`;
    const body = { user: { name: user, password, domain_id: this.#domain } };
    const answer = await this.cloud.call("POST", `${this.cloud.identity}/users`, body);
    this.#users.push(answer.user.id);
    return { user, password, id: answer.user.id };
  }

  async grant(person: Person, project: { id: string }, role: Role): Promise<void> {
    await this.cloud.call("PUT", this.#assignment(person, project, role));
  }

  async withdraw(person: Person, project: { id: string }, role: Role): Promise<void> {
    await this.cloud.forget(this.#assignment(person, project, role));
  }

  #assignment(person: Person, project: { id: string }, role: Role): string {
    return `${this.cloud.identity}/projects/${project.id}/users/${person.id}/roles/${this.#roles.get(role)}`;
  }

  async setQuota(project: { id: string }, quota: Json): Promise<void> {
    await this.cloud.call("PUT", `${this.cloud.compute}/os-quota-sets/${project.id}`, { quota_set: quota });
  }

  /** Takes away what was made, servers first, images (protected ones too), networks, then people and projects. */
  async cleanUp(): Promise<void> {
    const { cloud } = this;
    for (const project of this.#projects.splice(0)) {
      await this.#emptyProject(project);
      await cloud.forget(`${cloud.identity}/projects/${project.id}`);
    }
    for (const id of this.#users.splice(0)) await cloud.forget(`${cloud.identity}/users/${id}`);
  }

  async #emptyProject(project: { id: string; name: string }): Promise<void> {
    const { cloud } = this;
    const servers = (
      await cloud.call("GET", `${cloud.compute}/servers/detail?all_tenants=1&project_id=${project.id}`)
    ).servers as Json[];
    const mine = servers.filter((server) => server.tenant_id === project.id);
    for (const server of mine) await cloud.forget(`${cloud.compute}/servers/${server.id}`);
    for (const hidden of ["false", "true"]) {
      const query = `owner=${project.id}&visibility=all&os_hidden=${hidden}&limit=1000`;
      for (const image of (await cloud.call("GET", `${cloud.image}/images?${query}`)).images as Json[]) {
        if (image.owner !== project.id) continue;
        if (image.protected) await cloud.patchImage(image.id, [{ op: "replace", path: "/protected", value: false }]);
        await cloud.forget(`${cloud.image}/images/${image.id}`);
      }
    }
    const networks = (await cloud.call("GET", `${cloud.network}/networks?project_id=${project.id}`)).networks as Json[];
    const own = networks.filter((network) => (network.project_id ?? network.tenant_id) === project.id);
    const all = (await cloud.call("GET", `${cloud.network}/security-groups?project_id=${project.id}`)).security_groups as Json[];
    // Nobody can delete "default", and it is not in the way.
    const groups = all.filter((group) => group.project_id === project.id && group.name !== "default");
    // A network or security group goes only after the last server has let go of its port.
    if (own.length + groups.length > 0) for (const server of mine) await gone(cloud, `${cloud.compute}/servers/${server.id}`);
    for (const port of (await cloud.call("GET", `${cloud.network}/ports?project_id=${project.id}`)).ports as Json[]) {
      if (port.project_id === project.id && !port.device_owner) await cloud.forget(`${cloud.network}/ports/${port.id}`);
    }
    for (const network of own) await cloud.forget(`${cloud.network}/networks/${network.id}`);
    for (const group of groups) await cloud.forget(`${cloud.network}/security-groups/${group.id}`);
  }
}

async function gone(cloud: Cloud, url: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if ((await cloud.raw("GET", url)).status === 404) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
