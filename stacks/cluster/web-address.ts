// Where do people find a page of the stack: behind the proxy below a path, or on a port of this machine?
import type { Cluster } from './types.ts';

export type Page = 'prometheus' | 'alertmanager' | 'grafana';

/** The path below which the service itself answers; empty without a proxy. */
export function pagePath({ stack }: Cluster, page: Page): string {
  return stack.proxy === null ? '' : `/muster/${page}`;
}

/** Without a final slash; `port` is the one on loopback. */
export function pageUrl(cluster: Cluster, page: Page, port: number): string {
  const { proxy } = cluster.stack;
  if (proxy === null) return `http://127.0.0.1:${port}`;
  const suffix = proxy.httpsPort === 443 ? '' : `:${proxy.httpsPort}`;
  return `https://${proxy.hosts[0]}${suffix}${pagePath(cluster, page)}`;
}
