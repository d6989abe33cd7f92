/** The documented configuration with other addresses; see nginx.mjs. */
export interface Site {
  listen: string;
  dist: string;
  config?: string;
  /** The path under which the app is served; `dist` is built for it. */
  base?: string;
  upstreams?: Record<string, string>;
  /** Origins of services across origins, instead of the proxy. */
  connect?: string[];
  certificate?: { certificate: string; key: string };
}

export const services: string[];
export function program(): string | undefined;
export function start(site: Site): { ended: Promise<number>; stop(): Promise<number> };
