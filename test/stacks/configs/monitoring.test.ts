// Do the services of the monitoring fit each other: files, ports, paths, secrets, and the pages that explain alerts?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { broughtSecrets } from '../../../stacks/catalog/index.ts';
import type { Service } from '../../../stacks/catalog/types.ts';
import { webhookPlaceholder, webhookStart } from '../../../stacks/configs/alertmanager-start.ts';
import { alertGroups } from '../../../stacks/configs/alerts.ts';
import { inContainers } from '../../../stacks/configs/in-containers.ts';
import { configFiles } from '../../../stacks/configs/index.ts';
import { services } from '../../../stacks/index.ts';
import { ownFolder } from '../../support/folder.ts';
import { fullSpec, smallSpec } from '../../support/monitoring.ts';
import { root } from '../../support/sources.ts';
import { clusterOf } from '../../support/specs.ts';

const names = ['alertmanager', 'grafana', 'prometheus'];
const found = (spec: string): readonly Service[] =>
  services(clusterOf(spec)).filter(({ name }) => names.includes(name));
const textsOf = (spec: string, at = inContainers): Readonly<Record<string, string>> =>
  Object.fromEntries(configFiles(clusterOf(spec), at).map(({ path, text }) => [path, text]));

for (const [what, spec] of Object.entries({ full: fullSpec, small: smallSpec })) {
  test(`in the ${what} spec every generated file is mounted where its reader looks, and no other`, () => {
    const made = Object.keys(textsOf(spec)).filter((path) => names.includes(path.split('/')[0] as string));
    const mounts = found(spec).flatMap(({ configs }) => configs);
    assert.deepEqual(mounts.map(({ file }) => file).sort(), made.sort());
    assert.deepEqual(
      mounts.filter(({ file, path }) => path !== inContainers.config(file)),
      [],
    );
  });

  test(`in the ${what} spec no service of the monitoring writes but to its volume, or sees a secret of another`, () => {
    for (const { exclusive, image, name, profile, secrets, state } of found(spec)) {
      assert.deepEqual([exclusive, profile, image.build], [true, 'monitoring', null], name);
      assert.deepEqual(state, [{ name, path: '/var/lib/muster' }]);
      const folders = secrets.map(({ folder }) => folder);
      assert.deepEqual(folders, name === 'prometheus' ? ['metrics'] : [name]);
    }
  });
}

test('Prometheus asks where services listen, and only those that the cluster has', () => {
  const targets = (spec: string): readonly string[] =>
    [...(textsOf(spec)['prometheus/prometheus.yml'] ?? '').matchAll(/- "([a-z-]+:\d+)"/g)].map(
      ([, name]) => name ?? '',
    );
  assert.deepEqual(targets(smallSpec), ['orchestrator:8080', 'prometheus:9090']);
  const all = ['alertmanager:9093', 'orchestrator:8080', 'prometheus:9090', 'alertmanager:9093', 'dask-scheduler:8787'];
  assert.deepEqual(targets(fullSpec), all);
  const published = services(clusterOf(fullSpec)).flatMap(({ name, ports }) =>
    ports.map(({ container }) => `${name}:${container}`),
  );
  assert.deepEqual(
    all.filter((target) => !published.includes(target)),
    ['dask-scheduler:8787'],
  );
});

test('without a proxy pages answer at the root, and links lead to the port of this machine', () => {
  const [grafana, prometheus] = found(smallSpec);
  assert.ok(prometheus?.command?.includes('--web.external-url=http://127.0.0.1:9090'));
  assert.equal(prometheus?.health?.command.at(-1), 'http://127.0.0.1:9090/-/healthy');
  assert.equal(grafana?.environment.GF_SERVER_ROOT_URL, 'http://127.0.0.1:3001/');
  assert.equal(grafana?.environment.GF_SERVER_SERVE_FROM_SUB_PATH, 'false');
});

test('behind the proxy pages answer below their path, on whichever port it has', () => {
  const spec = fullSpec.replace('proxy: {}', 'proxy: { hosts: [ai.example.org], httpsPort: 8443 }');
  const [alertmanager, grafana, prometheus] = found(spec);
  const at = 'https://ai.example.org:8443/muster';
  assert.ok(alertmanager?.command?.includes(`--web.external-url=${at}/alertmanager`));
  assert.ok(prometheus?.command?.includes(`--web.external-url=${at}/prometheus`));
  assert.equal(prometheus?.health?.command.at(-1), 'http://127.0.0.1:9090/muster/prometheus/-/healthy');
  assert.equal(grafana?.environment.GF_SERVER_ROOT_URL, `${at}/grafana/`);
  const texts = textsOf(spec);
  assert.match(
    texts['grafana/provisioning/datasources/muster.yml'] ?? '',
    /"http:\/\/prometheus:9090\/muster\/prometheus"/,
  );
});

test('a dollar in a path is a dollar for Grafana, which expands variables there', () => {
  const texts = textsOf(smallSpec, { ...inContainers, config: (file) => `/srv/$data/${file}` });
  assert.match(texts['grafana/provisioning/dashboards/muster.yml'] ?? '', /"\/srv\/\$\$data\/grafana\/dashboards"/);
});

test('what only the user has is named when it is needed', () => {
  const paths = (spec: string) => broughtSecrets(clusterOf(spec)).map(({ path }) => path);
  assert.deepEqual(paths(fullSpec), ['alertmanager/smtp-password', 'alertmanager/webhook-url']);
  assert.deepEqual(paths(fullSpec.replace(', user: muster', '').replace('webhook: true', 'webhook: false')), []);
  assert.deepEqual(paths(smallSpec), []);
});

test('a password never goes over a line in the clear, and port 465 speaks TLS by itself', () => {
  const requires = (server: string, user: string) =>
    /smtp_require_tls: (\w+)/.exec(
      textsOf(fullSpec.replace('mail.example.org:587', server).replace(', user: muster', user))[
        'alertmanager/alertmanager.yml'
      ] ?? '',
    )?.[1];
  assert.deepEqual(
    [
      requires('mail.example.org:587', ', user: muster'),
      requires('mail.example.org:465', ', user: muster'),
      requires('mail.example.org:25', ''),
    ],
    ['true', 'false', 'false'],
  );
});

test('the address of a webhook reaches Alertmanager unchanged, whatever an address may hold', (t) => {
  const folder = ownFolder(t);
  const [start, secret, config] = ['start.sh', 'secret', 'config'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const filled = join(folder, 'filled');
  const address = 'https://hooks.example.org:8443/a/b%20c?x=1&y=$z#~!*(),;@[1]=';
  writeFileSync(start, webhookStart);
  writeFileSync(secret, `${address}\n`);
  writeFileSync(config, `a: "1"\n  - url: "${webhookPlaceholder}"\n    b: "\\\\ $HOME"\n`);
  const { stdout, stderr } = spawnSync('sh', [start, secret, config, filled, 'echo', '--flag=a b'], {
    encoding: 'utf8',
  });
  assert.deepEqual([stdout, stderr], [`--flag=a b --config.file=${filled}\n`, '']);
  assert.equal(readFileSync(filled, 'utf8'), `a: "1"\n  - url: "${address}"\n    b: "\\\\ $HOME"\n`);
});

test('docs/runbooks.md has a chapter for each alert, in their order, and for no other', () => {
  const groups = alertGroups(clusterOf(fullSpec)) as readonly { rules: readonly Record<string, unknown>[] }[];
  const rules = groups.flatMap((group) => group.rules);
  const page = readFileSync(join(root, 'docs/runbooks.md'), 'utf8');
  const chapters = [...page.matchAll(/^### (.+)$/gm)].map(([, title]) => title);
  assert.deepEqual(
    chapters,
    rules.map(({ alert }) => alert),
  );
  for (const chapter of page.split(/^### /m).slice(1)) {
    for (const part of ['**Means:**', '**Look at:**', '**Do:**']) assert.ok(chapter.includes(part), chapter);
  }
  for (const { alert, annotations } of rules) {
    const { runbook_url: url } = annotations as { runbook_url: string };
    assert.equal(url, `docs/runbooks.md#${String(alert).toLowerCase()}`);
  }
});
