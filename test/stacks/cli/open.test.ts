// Is every page found where it really is, and is it said what is missing when it is not there?
import { deepStrictEqual, rejects } from 'node:assert';
import { type TestContext, test } from 'node:test';
import { type PageName, pageOf } from '../../../stacks/cli/open/pages.ts';
import type { ServiceStatus } from '../../../stacks/cli/status/services.ts';
import { ownFolder } from '../../support/folder.ts';
import { clusterOf } from '../../support/specs.ts';

function service(name: string, published: number, state = 'healthy'): ServiceStatus {
  const ports = [{ address: '127.0.0.1', published, container: 8080 }];
  return { name, states: [state], image: `${name}:1`, version: '1', ports, gpus: [] };
}

const whole = clusterOf(
  'name: lab\nservices: {dask: {}, open-webui: {}, grafana: {}, prometheus: {}, proxy: {httpsPort: 8443}}',
);
const running = [
  service('open-webui', 3000),
  // A scheduler for programs, whose port is no page.
  service('dask-scheduler', 8786),
  service('grafana', 3001, 'exited'),
  service('prometheus', 9090, 'starting'),
];
const withProxy = [...running, service('proxy', 8443)];

function pageIn(t: TestContext, services: readonly ServiceStatus[], cluster = whole) {
  const root = ownFolder(t);
  const io = { stdout: process.stdout, stderr: process.stderr, env: { MUSTER_PORT: '8099' }, root, cwd: root };
  return (name: PageName) => pageOf(io, name, cluster, services);
}

test('with the proxy pages have one address, and it is said who signs in', async (t) => {
  const page = pageIn(t, withProxy);
  deepStrictEqual(await page('chat'), {
    url: 'https://lab.localhost:8443/',
    hint: 'user admin@lab.localhost, password in .muster/secrets/open-webui/admin-password',
  });
  deepStrictEqual(await page('dask'), {
    url: 'https://lab.localhost:8443/muster/dask/',
    hint: 'user admin, password in .muster/secrets/proxy/password',
  });
});

test('without it those that have a port of this host are reached there', async (t) => {
  const page = pageIn(t, running);
  deepStrictEqual((await page('chat')).url, 'http://127.0.0.1:3000/');
  deepStrictEqual(await page('prometheus'), { url: 'http://127.0.0.1:9090/', hint: null });
  await rejects(page('dask'), { message: /through the proxy alone/, remedy: 'npx --no muster up --only proxy' });
});

test('what does not run, or is left out of cluster.yaml, is said with the way to get it', async (t) => {
  await rejects(pageIn(t, withProxy)('grafana'), {
    message: 'grafana does not run',
    remedy: 'npx --no muster up --only grafana,proxy',
  });
  const bare = pageIn(t, withProxy, clusterOf('name: lab\nservices: {dask: {dashboard: false}}'));
  await rejects(bare('chat'), { message: /leaves the chat page out/, remedy: /services\/open-webui/ });
  await rejects(bare('dask'), { message: /leaves dask out/, remedy: /services\/dask\/dashboard/ });
});

test('the API is where the orchestrator is', async (t) => {
  deepStrictEqual((await pageIn(t, [])('api')).url, 'http://127.0.0.1:8099');
});
