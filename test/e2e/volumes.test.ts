// May a service of a pulled image write its fresh volume, whichever user it runs as?
import { match, strictEqual } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ordinary } from '../../stacks/catalog/ordinary.ts';
import type { Service } from '../../stacks/catalog/types.ts';
import { withOpenVolumes } from '../../stacks/catalog/volumes.ts';
import { services, targets } from '../../stacks/index.ts';
import { Clone } from '../support/clone.ts';
import { whyNoDocker } from '../support/lab.ts';
import { clusterOf } from '../support/specs.ts';

const why = whyNoDocker();

/** Its image knows neither the folder nor the user. */
const writer: Service = {
  ...ordinary,
  name: 'writer',
  image: { reference: 'debian:bookworm-slim', build: null },
  profile: 'ai',
  command: ['sh', '-c', 'id -u >/var/lib/muster/who && exec sleep infinity'],
  state: [{ name: 'writer', path: '/var/lib/muster' }],
  health: {
    command: ['test', '-s', '/var/lib/muster/who'],
    intervalSeconds: 4,
    timeoutSeconds: 15,
    startSeconds: 9,
    retries: 1,
  },
  limits: { cpus: 1, memoryMiB: 64, processes: 16 },
  dependsOn: [{ service: 'secrets', until: 'done', optional: false }],
};

for (const uid of ['10001', '54321']) {
  test(`user ${uid} writes a fresh volume of an image that is pulled`, why === null ? {} : { skip: why }, async (t) => {
    const clone = await Clone.make('docker');
    t.after(() => clone.remove());
    const built = await clone.muster('build-all');
    strictEqual(built.code, 0, built.stderr);
    const cluster = clusterOf('name: home');
    const all = withOpenVolumes([...services(cluster), writer]);
    for (const { path, text } of targets.compose.render(cluster, all, []).files) {
      mkdirSync(dirname(join(clone.folder, path)), { recursive: true });
      writeFileSync(join(clone.folder, path), text);
    }
    const secrets = join(clone.home, 'secrets');
    strictEqual((await clone.run('chown', ['-R', `${uid}:${uid}`, secrets])).code, 0);
    clone.env.MUSTER_UID = uid;
    const up = await clone.run('docker', ['compose', 'up', '-d', '--wait', 'writer']);
    strictEqual(up.code, 0, up.stderr);
    const found = await clone.run('docker', ['compose', 'exec', '-T', 'writer', 'cat', '/var/lib/muster/who']);
    strictEqual(found.stdout, `${uid}\n`);
    // Its root stays closed.
    const root = await clone.run('docker', ['compose', 'exec', '-T', 'writer', 'sh', '-c', 'touch /x 2>&1; true']);
    match(root.stdout, /Read-only file system/);
  });
}
