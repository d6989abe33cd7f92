// The unmodified `openstack` client, to run the command lines that the app shows just as a person would who has copied them.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { keystoneURL } from "./env.ts";
import type { Account } from "./test.ts";

/** The Python of the clients' environment: `cargo xtask test` names it. */
const python = process.env.E2E_CLIENTS_PYTHON ?? join(homedir(), ".cache/sextant-tools/openstack-clients/bin/python");

/** A terminal of its own: where its standard input is none, `openstack image create` takes it for the image's bytes. */
const TERMINAL = `
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(["bash", "-c", sys.argv[1]])))
`;

/** Runs a command line as it stands, in a shell and a terminal, in the hands of one person; fails unless it ends well. */
export async function inTerminal(line: string, who: Account, folder: string): Promise<string> {
  if (!existsSync(python)) throw new Error(`No openstack client: ${python} is missing. \`cargo xtask setup\` installs it.`);
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OS_"))),
    PATH: `${join(python, "..")}:${process.env.PATH}`,
    LANG: "C.UTF-8",
    OS_AUTH_URL: keystoneURL,
    OS_IDENTITY_API_VERSION: "3",
    OS_USERNAME: who.user,
    OS_PASSWORD: who.password,
    OS_PROJECT_ID: who.project.id,
    OS_USER_DOMAIN_NAME: "Default",
  };
  return new Promise((done, failed) => {
    const child = execFile(python, ["-c", TERMINAL, line], { cwd: folder, env, timeout: 60_000 }, (error, out, err) => {
      if (error) failed(new Error(`This line failed:\n${line}\n${out}${err}${error.message}`));
      else done(out);
    });
    child.stdin?.end();
  });
}
