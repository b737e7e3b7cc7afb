// Does the real Docker Compose read what was meant? `docker compose config` over every example; it needs no engine.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { render, services, targets } from '../../stacks/index.ts';
import { ownFolder } from '../support/folder.ts';
import { cleanEnvironment } from '../support/lab.ts';
import { clusterOf, specs } from '../support/specs.ts';

type Configured = {
  readonly name: string;
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment: Readonly<Record<string, string | null>>;
        readonly user: string;
        readonly ports?: readonly { readonly host_ip: string; readonly published: string }[];
        readonly volumes: readonly { readonly source: string }[];
      }
    >
  >;
};

const env = cleanEnvironment();
const hasCompose = spawnSync('docker', ['compose', 'version'], { env }).status === 0;
const options = hasCompose ? {} : { skip: 'Docker Compose is absent' };

function configured(context: TestContext, spec: string, extra: Readonly<Record<string, string>> = {}): Configured {
  const folder = ownFolder(context);
  for (const { path, text } of render(clusterOf(spec), Object.values(targets)).files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const printed = execFileSync('docker', ['compose', 'config', '--format', 'json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, ...extra },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(printed.replaceAll(folder, ''));
}

for (const [name, text] of specs) {
  test(`Compose reads the environment of ${name} as it was decided`, options, (context) => {
    const cluster = clusterOf(text);
    const { name: project, services: written } = configured(context, text, { COMPOSE_PROFILES: '*' });
    assert.equal(project, cluster.name);
    const meant = services(cluster).filter(({ targets }) => targets.includes('compose'));
    assert.deepEqual(
      Object.keys(written).sort(),
      meant.map(({ name }) => name),
    );
    for (const worker of cluster.workers.filter(({ targets }) => targets.includes('compose'))) {
      // Compose prints a `$` of a value as `$$`, so that its output can be read again.
      const environment = written[worker.name]?.environment ?? {};
      const read = (variable: string) => environment[variable]?.replaceAll('$$', '$');
      assert.deepEqual(JSON.parse(read('MUSTER_LABELS') ?? ''), worker.labels);
      for (const [variable, value] of Object.entries(worker.environment)) assert.equal(read(variable), value);
    }
  });
}

test('with an orchestrator elsewhere the workers stand alone, and get its URL', options, (context) => {
  const { services } = configured(context, specs.get('minimal') ?? '', {
    MUSTER_ORCHESTRATOR_URL: 'http://10.0.0.1:8080',
  });
  assert.deepEqual(Object.keys(services).sort(), ['secrets', 'worker']);
  assert.equal(services.worker?.environment.MUSTER_ORCHESTRATOR_URL, 'http://10.0.0.1:8080');
});

test(
  'home, port, user and project come from the environment, so that two clones run side by side',
  options,
  (context) => {
    const { name, services } = configured(context, specs.get('minimal') ?? '', {
      COMPOSE_PROJECT_NAME: 'second',
      MUSTER_HOME: '/srv/second',
      MUSTER_PORT: '8081',
      MUSTER_UID: '4242',
    });
    assert.equal(name, 'second');
    assert.equal(services.orchestrator?.ports?.[0]?.published, '8081');
    assert.equal(services.orchestrator?.ports?.[0]?.host_ip, '127.0.0.1');
    assert.equal(services.worker?.user, '4242:4242');
    assert.equal(services.worker?.volumes[0]?.source, '/srv/second/secrets/classes/worker');
  },
);

test('hostile texts reach the container as they were written', options, (context) => {
  const value = `$HOME $\{X:-y} $$ $(id) \`id\` {{ x }} "q" 'q' \\ # : - & * ! % | > @ é 😀`;
  const spec = JSON.stringify({ name: 'a', workers: { w: { labels: { k: value }, environment: { K: value } } } });
  const environment = configured(context, spec).services.w?.environment ?? {};
  assert.equal(environment.K?.replaceAll('$$', '$'), value);
  assert.equal(JSON.parse(environment.MUSTER_LABELS?.replaceAll('$$', '$') ?? '').k, value);
});
