// Which questions reach the engine through the reader that the visualizer asks? Real nginx before an engine's API.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dockerReader } from '../../stacks/configs/docker-reader.ts';
import { inContainers } from '../../stacks/configs/in-containers.ts';
import { eventually, freePort } from '../support/clone.ts';
import { FakeSwarm } from '../support/fake-swarm.ts';
import { ownFolder } from '../support/folder.ts';
import { cleanEnvironment } from '../support/lab.ts';
import { noNginx } from '../support/proxy-bench.ts';
import { clusterOf } from '../support/specs.ts';

const cluster = clusterOf('name: a\nservices: { visualizer: {} }');

test('four lists are read, and nothing else is asked of the engine', { skip: noNginx() ?? false }, async (context) => {
  const folder = ownFolder(context);
  const swarm = await FakeSwarm.start(folder, []);
  context.after(() => swarm.stop());
  const port = await freePort();
  const [file] = dockerReader.render(cluster, inContainers);
  const text = (file?.text ?? '')
    .replaceAll('/tmp/', `${folder}/`)
    .replaceAll('/var/run/docker.sock', swarm.host.slice('unix://'.length))
    .replace('listen 2375', `listen 127.0.0.1:${port}`);
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, text);
  const nginx = spawn('nginx', ['-c', config, '-g', 'daemon off;'], { env: cleanEnvironment(), stdio: 'ignore' });
  context.after(async () => {
    nginx.kill();
    await once(nginx, 'exit');
  });
  const ask = async (method: string, path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { method })).status;
  await eventually('nginx answers', async () => (await ask('GET', '/health')) === 204);
  assert.equal(await ask('GET', '/nodes'), 200);
  const before = swarm.asked.length;
  const refused = [
    ['GET', '/secrets'],
    ['GET', '/configs'],
    ['GET', '/info'],
    ['GET', '/containers/json'],
    ['GET', '/nodes/id-a'],
    ['GET', '/v1.44/nodes'],
    ['GET', '/nodes/..%2fsecrets'],
    ['GET', '//secrets'],
    ['POST', '/nodes'],
    ['POST', '/services/create'],
    ['DELETE', '/services/x'],
    ['PUT', '/tasks'],
  ] as const;
  for (const [method, path] of refused) assert.equal(await ask(method, path), 403, `${method} ${path}`);
  assert.deepEqual(swarm.asked.slice(before), []);
});
