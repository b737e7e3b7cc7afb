// Does a real host join a cluster in containers by the line that its clone prints, with nothing built before?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobView, WorkerList } from '../../services/protocol/index.ts';
import { Clone, freePort } from '../support/clone.ts';
import { freshHost, hostsDown, machineAddress, whyNoHosts } from '../support/hosts-lab.ts';
import { host, pasted, said } from '../support/joining-host.ts';
import { whyNoDocker } from '../support/lab.ts';

const why = whyNoDocker() ?? whyNoHosts();
const options = { skip: why ?? false, timeout: 240_000 };
let clone: Clone;

before(async () => {
  if (why === null) clone = await Clone.make('docker');
});
after(async () => {
  if (why !== null) return;
  hostsDown();
  await clone.remove();
});

/** This machine and the host call it so. */
const name = hostname().toLowerCase();
const without = 'ollama: false, open-webui: false, dask: false, prometheus: false, alertmanager: false';

test('through the proxy with the cluster’s own authority', options, async (t) => {
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const proxy = `proxy: { public: true, hosts: ["${name}"], httpPort: ${httpPort}, httpsPort: ${httpsPort} }`;
  const spec = `name: joined\nworkers: { here: { cpus: 1, memory: 1GiB } }\nservices: { ${without}, ${proxy} }\n`;
  writeFileSync(join(clone.folder, 'cluster.yaml'), spec);
  freshHost(host);
  const up = await clone.make('up');
  strictEqual(up.code, 0, up.stderr + up.stdout);
  const first = await clone.muster('workers', 'invite', '--name', 'node7');
  strictEqual(first.code, 0, first.stderr);
  t.diagnostic(first.stderr);
  match(first.stderr, / {2}brought {3}install\.sh\n/);
  await said(`echo '${machineAddress} ${name}' >>/etc/hosts`);
  const { code, stderr, stdout } = await pasted(first.stdout);
  deepStrictEqual([code, stderr], [0, ''], stdout);
  // More than the class in a container has.
  const job = await clone.ask<JobView>('jobs', 'submit', '--wait', '--cpus', '1.5', '--', 'true');
  deepStrictEqual([job.state, job.worker], ['succeeded', 'node7']);
  const { workers } = await clone.get<WorkerList>('/api/v1/workers');
  deepStrictEqual(workers.map(({ name, state }) => [name, state]).sort(), [
    ['here', 'idle'],
    ['node7', 'idle'],
  ]);
});
