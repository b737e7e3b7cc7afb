// How does a test see what passes the proxy? The whole stack behind it, played by services that write down what they get.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { noNginx, type ProxyBench, startProxy } from './proxy-bench.ts';
import { type Recorder, recorder } from './raw-http.ts';

const spec = `
name: home
services:
  dask: true
  ollama: true
  open-webui: true
  proxy: { requestsPerSecond: 10000, uploadLimit: 1MiB }
  prometheus: true
  alertmanager: true
  grafana: true
`;
const names = ['open-webui', 'orchestrator', 'ollama', 'dask-scheduler', 'prometheus', 'alertmanager', 'grafana'];

/** The header that names the right host. */
export const host = 'Host: home.localhost\r\n';

type Seen = Readonly<Record<string, readonly string[]>>;

export type Recorded = {
  readonly proxy: () => ProxyBench;
  /** What the services got while `work` ran, service by service; those that got nothing are left out. */
  readonly seenDuring: (work: () => Promise<unknown>) => Promise<Seen>;
};

/** Starts before the tests of the file that calls it, and ends after them. */
export function recordedProxy(): Recorded {
  const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
  const services = new Map<string, Recorder>();
  let proxy: ProxyBench | null = null;
  before(async () => {
    if (noNginx()) return;
    for (const name of names) services.set(name, await recorder());
    proxy = await startProxy(folder, spec, Object.fromEntries([...services].map(([name, { port }]) => [name, port])));
  });
  after(async () => {
    await proxy?.stop();
    for (const { server } of services.values()) server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    proxy: () => {
      if (proxy === null) throw new Error('the proxy has not started');
      return proxy;
    },
    seenDuring: async (work) => {
      for (const { seen } of services.values()) seen.length = 0;
      await work();
      const heard = [...services].filter(([, { seen }]) => seen.length > 0);
      return Object.fromEntries(heard.map(([name, { seen }]) => [name, [...seen]]));
    },
  };
}
