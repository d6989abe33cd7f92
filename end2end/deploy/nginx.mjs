// Serves the app with Debian's nginx and the documented configuration, docs/deploy/nginx.conf, of which only the addresses and
// folders are changed: by the tests, and by hand or by `cargo xtask cloud test`:
//     node end2end/deploy/nginx.mjs --listen 127.0.0.1:8080 --dist dist --config my-config.json \
//          --identity http://127.0.0.1:5000/ --image http://127.0.0.1:9292/ …
// in the foreground, until it gets a SIGTERM or SIGINT. Runs as any user; all that nginx writes goes to a folder of its own.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const documented = join(dirname(fileURLToPath(import.meta.url)), "../../docs/deploy/nginx.conf");

/** The services' paths in the documented configuration; each is also an option here. */
export const services = ["identity", "image", "compute", "network", "block-storage"];

/**
 * The documented configuration with other addresses: what an operator does to it, and no more.
 * @param {{listen: string, root: string, base?: string, upstreams?: Record<string, string>, connect?: string[],
 *   certificate?: {certificate: string, key: string}}} site `connect`: origins of services across origins, instead of the proxy
 */
export function render({ listen, root, base = "/", upstreams = {}, connect = [], certificate }) {
  let text = readFileSync(documented, "utf8");
  const replace = (pattern, by) => {
    if (text.match(new RegExp(pattern, "g"))?.length !== 1) throw new Error(`nginx.conf has not exactly one ${pattern}`);
    text = text.replace(pattern, () => by);
  };
  if (certificate) {
    replace(/listen 443 ssl http2;/, `listen ${listen} ssl http2;`);
    replace(/ssl_certificate  .*;/, `ssl_certificate ${certificate.certificate};`);
    replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${certificate.key};`);
  } else {
    replace(/listen 443 ssl http2;\n/, `listen ${listen};\n`);
    replace(/ *ssl_certificate  .*;\n/, "");
    replace(/ *ssl_certificate_key .*;\n/, "");
  }
  // What the variant for such a service has beside its address.
  const byHttps = [...text.matchAll(/^#  +(proxy_(?:ssl_server_name|set_header) .*;)$/gm)].map(([, line]) => ` ${line}`).join("");
  replace(/root \/var\/www\/sextant;/, `root ${root};`);
  for (const service of services) {
    const line = new RegExp(`location \\^~ /${service}/ +\\{ proxy_pass .*; \\}\\n`);
    const to = upstreams[service];
    const more = to?.startsWith("https:") ? byHttps : "";
    replace(line, to ? `location ^~ /${service}/ { proxy_pass ${to};${more} }\n` : "\n");
  }
  if (connect.length > 0) replace(/connect-src 'self';(?= worker)/, `connect-src 'self' ${connect.join(" ")};`);
  if (base !== "/") {
    const folder = base.replace(/\/$/, "");
    const pages = `location = ${folder} { return 308 ${folder}/; }\n    location ${folder}/ { try_files $uri ${folder}/index.html; }`;
    replace(/location \/ \{ try_files \$uri \/index\.html; \}/, pages);
  }
  return text;
}

/** nginx's program, or nothing: named by SEXTANT_NGINX (NGINX has a meaning of nginx's own), installed, or unpacked by `cargo xtask setup`. */
export function program() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const unpacked = join(cache, "sextant-tools/web-servers/usr/sbin");
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", unpacked];
  return [process.env.SEXTANT_NGINX, ...folders.map((folder) => folder && join(folder, "nginx"))].find((path) => path && existsSync(path));
}

/** A folder with the site in it and all that nginx needs; what to start it with. */
function prepare(options) {
  const nginx = program();
  if (!nginx) throw new Error("nginx is missing: `cargo xtask setup` gets it, or name it in SEXTANT_NGINX");
  const folder = mkdtempSync(join(tmpdir(), "sextant-nginx-"));
  const root = join(folder, "site");
  const site = join(root, options.base ?? "/");
  cpSync(options.dist, site, { recursive: true });
  if (options.config) cpSync(options.config, join(site, "config.json"));
  for (const name of ["body", "proxy", "fastcgi", "uwsgi", "scgi"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "sextant.conf"), render({ ...options, root }));
  writeFileSync(join(folder, "nginx.conf"), around(nginx, folder));
  return { nginx, folder };
}

/** What stands in Debian's own nginx.conf, as far as it matters, with everything in one folder. */
function around(nginx, folder) {
  const prefix = resolve(dirname(nginx), "..");
  const first = (paths) => paths.find((path) => existsSync(path));
  const module = first(
    [prefix, "/usr"].map((usr) => join(usr, "lib/nginx/modules/ngx_http_brotli_static_module.so")),
  );
  const types = first([join(prefix, "../etc/nginx/mime.types"), join(prefix, "etc/nginx/mime.types"), "/etc/nginx/mime.types"]);
  if (!module || !types) throw new Error("nginx's brotli_static module or its mime.types is missing: `cargo xtask setup`");
  return `${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes 2;
pid ${folder}/pid;
error_log stderr warn;
load_module ${module};
events { worker_connections 1024; }
http {
    include ${types};
    default_type application/octet-stream;
    sendfile on;
    gzip on;
    access_log off;
    client_body_temp_path ${folder}/body;
    proxy_temp_path ${folder}/proxy;
    fastcgi_temp_path ${folder}/fastcgi;
    uwsgi_temp_path ${folder}/uwsgi;
    scgi_temp_path ${folder}/scgi;
    include ${folder}/sextant.conf;
}
`;
}

/** Starts it. `stop` ends it and takes its folder away. */
export function start(options) {
  const { nginx, folder } = prepare(options);
  const child = spawn(nginx, ["-p", folder, "-e", "stderr", "-c", join(folder, "nginx.conf")], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = new Promise((resolve) => {
    child.on("exit", (code) => {
      rmSync(folder, { recursive: true, force: true });
      resolve(code ?? 0);
    });
    child.on("error", (error) => (console.error(String(error)), resolve(1)));
  });
  const stop = () => (child.kill("SIGTERM"), ended);
  return { ended, stop };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = { type: "string" };
  const names = ["listen", "dist", "config", "base", ...services];
  const { values } = parseArgs({
    options: { ...Object.fromEntries(names.map((name) => [name, text])), connect: { type: "string", multiple: true } },
  });
  const { listen, dist, config, base, connect, ...upstreams } = values;
  const server = start({ listen, dist, config, base, connect, upstreams });
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => void server.stop());
  process.exit(await server.ended);
}
