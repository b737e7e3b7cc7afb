// Does the whole stack come up on a real engine, degrade where one service is sick, and go without losing data?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Clone, Said } from '../support/clone.ts';
import { stackServices, WholeStack, whyNoStack } from '../support/whole-stack.ts';

type Status = {
  readonly services: readonly {
    readonly name: string;
    readonly states: readonly string[];
    readonly gpus: readonly string[];
  }[];
};
type Up = {
  readonly troubles: readonly { readonly service: string; readonly state: string; readonly reason: string }[];
  readonly started: readonly string[];
};

const why = whyNoStack();
const options = why === null ? {} : { skip: why };
let stack: WholeStack;
let clone: Clone;
const succeeded = (said: Said): void => strictEqual(said.code, 0, said.stderr + said.stdout);

before(async () => {
  if (why === null) stack = await WholeStack.make();
  if (why === null) clone = stack.clone;
});
after(async () => {
  if (why === null) await clone.remove();
});

test(
  'a service whose port is taken is named with who has it, and fails only whoever asked for it',
  options,
  async (t) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(stack.ports.alertmanager, '127.0.0.1', resolve));
    t.after(() => server.close());
    const said = await clone.muster('up', '--only', 'alertmanager,worker', '--json');
    strictEqual(said.code, 1, said.stderr);
    const { started, troubles } = JSON.parse(said.stdout) as Up;
    deepStrictEqual(started, ['orchestrator', 'worker']);
    strictEqual(troubles.length, 1);
    match(
      troubles[0]?.reason ?? '',
      new RegExp(`port ${stack.ports.alertmanager} is taken by ".+" \\(pid ${process.pid}\\)`),
    );
  },
);

test('a service without a file that only the user has is named, as is one that runs without it', options, async () => {
  stack.write({
    'proxy: {': 'proxy: { tls: { certificate: ./no.crt, key: ./no.key },',
    'alertmanager: {': 'alertmanager: { webhook: true,',
  });
  const said = await clone.muster('up', '--only', 'alertmanager,proxy,worker', '--json');
  strictEqual(said.code, 1, said.stderr);
  const { troubles } = JSON.parse(said.stdout) as Up;
  deepStrictEqual(troubles.map(({ service, state }) => [service, state]).sort(), [
    ['alertmanager', 'lacking'],
    ['proxy', 'sick'],
  ]);
  match(troubles.find(({ service }) => service === 'proxy')?.reason ?? '', /expected the file .*\/no\.crt/);
  stack.write();
});

test('muster up brings every service up, and each is healthy', options, async (t) => {
  const startedAt = performance.now();
  succeeded(await clone.muster('up', '--timeout', '400'));
  t.diagnostic(`the whole stack is well after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  const { services } = await clone.ask<Status>('status');
  deepStrictEqual(
    services.map(({ name, states }) => [name, states]),
    stackServices.map((name) => [name, ['healthy']]),
  );
});

test('a class that counts GPUs has one of the host, others have none', options, async (t) => {
  if (!stack.docker('info').includes('nvidia.com/gpu=0')) return t.skip('the engine hands out no GPU');
  const devices = (service: string) =>
    stack.docker('exec', stack.containers()[service] ?? '', 'sh', '-c', 'ls /dev | grep nvidia || true').split('\n');
  deepStrictEqual([devices('with-gpu'), devices('worker')], [['nvidia0'], ['']]);
  const { services } = await clone.ask<Status>('status');
  deepStrictEqual(services.find(({ name }) => name === 'with-gpu')?.gpus, ['nvidia.com/gpu=0']);
});

test('a second up changes nothing, and nothing differs', options, async () => {
  const same = stack.containers();
  const said = await clone.muster('up');
  succeeded(said);
  match(said.stdout, /nothing to change \(2 workers idle, 7 services well\)/);
  deepStrictEqual(stack.containers(), same);
  deepStrictEqual((await clone.muster('diff')).code, 0);
});

test('a service that cannot be pulled is named, and all the others go on as they were', options, async () => {
  const same = stack.containers();
  stack.write({ 'prometheus: {': 'prometheus: { image: "prom/prometheus:v0.0.0-none",' });
  const said = await clone.muster('up');
  strictEqual(said.code, 0, said.stderr);
  match(said.stdout, /^sick +prometheus: the image prom\/prometheus:v0\.0\.0-none cannot be pulled: .+\n +→ /m);
  deepStrictEqual(stack.containers(), same);
  strictEqual((await clone.muster('up', '--only', 'prometheus')).code, 1);
  deepStrictEqual(stack.containers(), same);
  const differs = await clone.muster('diff');
  strictEqual(differs.code, 1);
  match(differs.stdout, /^outdated +prometheus: image prom\/prometheus:v3\.5\.0 → prom\/prometheus:v0\.0\.0-none$/m);
  stack.write();
  succeeded(await clone.muster('up'));
});

test(
  'a service that does not stay up is named with its last words, and only whoever asked for it fails',
  options,
  async () => {
    const same = stack.containers();
    stack.write({ 'alertmanager: {': 'alertmanager: { image: "debian:bookworm-slim",' });
    const said = await clone.muster('up');
    succeeded(said);
    match(said.stdout, /^sick +alertmanager: it does not stay up: .+\n +→ .*logs alertmanager$/m);
    strictEqual((await clone.muster('up', '--only', 'alertmanager')).code, 1);
    const [{ alertmanager: _, ...others }, { alertmanager: __, ...othersBefore }] = [stack.containers(), same];
    deepStrictEqual(others, othersBefore);
    stack.write();
    succeeded(await clone.muster('up', '--timeout', '200'));
  },
);

test('up-workers leaves what else runs alone, and a changed file restarts its readers only', options, async () => {
  const same = stack.containers();
  stack.write({ 'services:': 'services:\n  grafana: false' });
  succeeded(await clone.make('up-workers'));
  deepStrictEqual(stack.containers(), same);
  stack.write({ 'prometheus: {': 'prometheus: { scrapeInterval: 20s,' });
  succeeded(await clone.muster('up', '--timeout', '200'));
  const { prometheus, ...others } = stack.containers();
  const { prometheus: before, ...othersBefore } = same;
  ok(prometheus !== before, 'prometheus read its new file');
  deepStrictEqual(others, othersBefore);
});

test('down keeps the data, and --volumes deletes it only with somebody’s word', options, async () => {
  const kept = stack.volumes();
  ok(kept.length >= 6, kept.join(' '));
  succeeded(await clone.make('down'));
  deepStrictEqual(stack.volumes(), kept);
  const asked = await clone.muster('down', '--volumes');
  strictEqual(asked.code, 4, asked.stderr);
  for (const volume of kept) match(asked.stderr, new RegExp(`^ +volume +${volume}$`, 'm'));
  match(asked.stderr, / → .*--yes/);
  deepStrictEqual(stack.volumes(), kept);
  ok(readFileSync(join(clone.home, 'secrets/admin'), 'utf8'));
  succeeded(await clone.muster('down', '--volumes', '--yes'));
  deepStrictEqual(stack.volumes(), []);
  strictEqual(stack.containerCount(), 0);
});
