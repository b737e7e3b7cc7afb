// Does Compose hear everything that a service says of itself?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withOpenVolumes } from '../../../stacks/catalog/volumes.ts';
import { targets } from '../../../stacks/index.ts';
import { type ComposeService, parseCompose } from '../../support/compose-file.ts';
import { invented, inventedConfigs, model, page, secrets } from '../../support/invented-services.ts';
import { clusterOf } from '../../support/specs.ts';

const cluster = clusterOf('name: a');
const { files } = targets.compose.render(cluster, invented, inventedConfigs);
const textOf = (path: string): string => files.find((file) => file.path === path)?.text ?? '';
const written = parseCompose(textOf('compose/compose.yaml'));
const pageWritten = written.services.page as ComposeService;
const home = '${' + 'MUSTER_HOME:-../.muster}';

test('a service is written with its start, its ports, its names and what it waits for', () => {
  const { depends_on, entrypoint, command, healthcheck, networks, ports, profiles, pull_policy } = pageWritten;
  assert.deepEqual(
    { depends_on, entrypoint, command, healthcheck, networks, ports, profiles, pull_policy },
    {
      // Its model is in another profile, so it may be absent; what no service is called is not waited for.
      depends_on: {
        model: { condition: 'service_started', required: false },
        secrets: { condition: 'service_completed_successfully' },
      },
      entrypoint: ['sh', '/etc/muster/page/start.sh'],
      command: ['--price', '$$1'],
      healthcheck: {
        test: ['CMD', 'curl', '-f', 'http://127.0.0.1/$$'],
        interval: '5s',
        timeout: '15s',
        start_period: '9s',
        retries: 2,
      },
      networks: { back: { aliases: ['chat'] }, front: null },
      ports: ['0.0.0.0:443:8443', '127.0.0.1:3000:8080'],
      profiles: ['ai'],
      pull_policy: 'missing',
    },
  );
});

test('secrets, configs, folders of the host and volumes are mounted; only what says so may be written', () => {
  const bind = (source: string, target: string, read_only: boolean, create_host_path: boolean) => ({
    type: 'bind',
    source,
    target,
    read_only,
    bind: { create_host_path },
  });
  assert.deepEqual(pageWritten.volumes, [
    bind(`${home}/secrets/page`, '/run/muster/secrets/page', true, true),
    bind('./configs/page/start.sh', '/etc/muster/page/start.sh', true, false),
    bind('./configs/page/page.json', '/etc/muster/page/page.json', true, false),
    bind('../my models', '/models', true, false),
    bind('/srv/$$data', '/data', false, false),
    { type: 'volume', source: 'page', target: '/var/lib/muster' },
  ]);
  assert.deepEqual(written.volumes, { page: {} });
});

test('what services read lies beside the file, and nothing else does', () => {
  assert.deepEqual(
    files.filter(({ path }) => path.startsWith('compose/configs/')),
    inventedConfigs
      .filter(({ path }) => path.startsWith('page/'))
      .map(({ path, ...file }) => ({ path: `compose/configs/${path}`, ...file })),
  );
});

test('a changed file changes the label of its readers alone', () => {
  const labels = (text: string): readonly unknown[] => {
    const configs = inventedConfigs.map((config) => (config.path === 'page/page.json' ? { ...config, text } : config));
    const again = targets.compose.render(cluster, invented, configs).files.find(({ path }) => path.endsWith('.yaml'));
    const { services } = parseCompose(again?.text ?? '');
    return [services.page?.labels, services.model?.labels];
  };
  assert.match(String(Object.values(pageWritten.labels as object)[0]), /^[0-9a-f]{16}$/);
  assert.deepEqual(labels('{}\n'), [pageWritten.labels, undefined]);
  assert.notDeepEqual(labels('{ }\n'), labels('{}\n'));
});

test('a service that reads a file which nothing makes is a bug, and said to be', () => {
  assert.throws(() => targets.compose.render(cluster, [page], []), /page reads page\/start\.sh/);
});

test('a count of GPUs stands in a profile of its own, a one-shot in none', () => {
  assert.deepEqual([written.services.model?.profiles, written.services.secrets?.profiles], [['gpu'], undefined]);
  assert.equal(written.services.secrets?.pull_policy, 'never');
});

test('plain docker compose starts the workers and, without one elsewhere, their orchestrator', () => {
  const variable = '${' + 'MUSTER_ORCHESTRATOR_URL:-local}';
  assert.match(textOf('.env'), new RegExp(`^COMPOSE_PROFILES=workers,${variable.replace(/[${}]/g, '\\$&')}$`, 'm'));
});

test('the one-shot mounts each volume of pulled images once, so that their users may write them', () => {
  const own = { ...model, name: 'own', image: secrets.image, state: [{ name: 'mine', path: '/x' }] };
  const anonymous = { ...model, name: 'temporary', state: [{ name: null, path: '/x' }] };
  const swarmOnly = { ...page, name: 'far', targets: ['swarm' as const], state: [{ name: 'far', path: '/x' }] };
  const twin = { ...page, name: 'twin', state: [...page.state, { name: 'extra', path: '/x' }] };
  const opened = withOpenVolumes([own, anonymous, page, secrets, swarmOnly, twin]);
  assert.deepEqual(opened.find(({ name }) => name === 'secrets')?.state, [
    { name: 'extra', path: '/srv/muster/volumes/0' },
    { name: 'page', path: '/srv/muster/volumes/1' },
  ]);
  assert.deepEqual(
    opened.filter(({ name }) => name !== 'secrets'),
    [own, anonymous, page, swarmOnly, twin],
  );
});

test('more volumes than the one-shot has folders for are refused', () => {
  const many = Array.from({ length: 33 }, (_, n) => ({
    ...model,
    name: `m${n}`,
    state: [{ name: `m${n}`, path: '/x' }],
  }));
  const of = (count: number) => targets.compose.render(cluster, many.slice(0, count), []).findings;
  assert.deepEqual(of(32), []);
  assert.deepEqual(
    of(33).map(({ severity, path }) => [severity, path]),
    [['error', ['services']]],
  );
});
