// Does the whole stack come up without Docker, from the programs that the machine has?
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Clone, freePort } from '../support/clone.ts';
import { copyTiny, tinyAnswer, whyNoModel } from '../support/models.ts';

const why = whyNoModel();
const options = why === null ? { timeout: 300_000 } : { skip: why };
let clone: Clone;
let httpsPort: number;

const here = ['alertmanager', 'dask-cpu', 'dask-scheduler', 'ollama', 'open-webui', 'prometheus', 'proxy'];

before(async () => {
  if (why !== null) return;
  clone = await Clone.make('embedded');
  copyTiny(join(clone.folder, 'models'));
  const ports = await Promise.all(Array.from({ length: 8 }, freePort));
  httpsPort = ports[0] ?? 0;
  const spec = `name: bare
workers:
  worker: { cpus: 1, memory: 512MiB }
services:
  dask: { workers: { cpu: { cpus: 1, memory: 1GiB } } }
  ollama: { models: ["tiny:1"], modelsPath: models, port: ${ports[1]} }
  open-webui: { port: ${ports[2]} }
  proxy: { hosts: [bare.localhost], httpsPort: ${httpsPort}, httpPort: ${ports[3]} }
  prometheus: { port: ${ports[4]} }
  alertmanager: { port: ${ports[5]} }
  grafana: { port: ${ports[6]} }
`;
  writeFileSync(join(clone.folder, 'cluster.yaml'), spec);
});
after(async () => {
  if (why === null) await clone.remove();
});

test('make up starts what this machine has, and names what it leaves out and why', options, async () => {
  const up = await clone.make('up', 'EMBEDDED=1');
  assert.equal(up.code, 0, up.stderr + up.stdout);
  assert.match(up.stdout, /^left out {2}grafana: it runs in a container only\n +→ start a Docker engine/m);
  assert.match(up.stdout, new RegExp(`^https://bare.localhost:${httpsPort}/ `, 'm'));
  const { services } = await clone.ask<{ services: { name: string; states: string[] }[] }>('status');
  assert.deepEqual(
    services.map(({ name, states }) => [name, states]),
    here.map((name) => [name, ['running']]),
  );
});

test('a second make up starts nothing anew', options, async () => {
  const up = await clone.make('up', 'EMBEDDED=1');
  assert.match(up.stdout, /nothing to change \(1 worker idle, 7 services well\)/);
});

test('the model answers through TLS to whoever has the key', options, async () => {
  const secret = (path: string) => readFileSync(join(clone.home, 'secrets', path), 'utf8').trim();
  const ask = (key: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const call = request({
        host: '127.0.0.1',
        port: httpsPort,
        servername: 'bare.localhost',
        ca: readFileSync(join(clone.home, 'secrets/authority/ca.crt')),
        method: 'POST',
        path: '/muster/ollama/api/generate',
        headers: { host: `bare.localhost:${httpsPort}`, authorization: `Bearer ${key}` },
      });
      call.once('error', reject);
      call.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      call.end(JSON.stringify({ model: 'tiny:1', prompt: 'Hello', stream: false }));
    });
  const answer = await ask(secret('ollama/key'));
  assert.equal(answer.status, 200, answer.text);
  assert.ok(JSON.parse(answer.text).response.trim().endsWith(tinyAnswer.last), answer.text);
  assert.equal((await ask('mo_wrong')).status, 401);
});

test('Dask computes on the local workers, and the result is that of the sum without it', options, async () => {
  const said = await clone.muster('dask', 'run', 'stacks/examples/dask-letters/letters.py');
  assert.equal(said.code, 0, said.stderr);
  assert.match(said.stdout, /^equal$/m);
});

test('a service that cluster.yaml does not name any more goes, the others stay', options, async () => {
  const file = join(clone.folder, 'cluster.yaml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .replace(/^ {2}alertmanager: .*\n/m, '')
      .replace(/^ {2}grafana: .*\n/m, ''),
  );
  const up = await clone.make('up', 'EMBEDDED=1');
  assert.equal(up.code, 0, up.stderr + up.stdout);
  assert.match(up.stdout, /stopped {3}alertmanager/);
  assert.doesNotMatch(up.stdout, /starting .*ollama/);
});

test('make down ends every process', options, async () => {
  const down = await clone.make('down');
  assert.match(down.stdout, /stopped dask-cpu dask-scheduler ollama open-webui orchestrator prometheus proxy worker/);
  rmSync(join(clone.folder, 'models'), { recursive: true });
});
