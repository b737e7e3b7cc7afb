// Does somebody hear of a trouble and of its end? A real Prometheus and Alertmanager, a mail server and a web server.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { mailSink, type Notice, webSink } from '../support/alert-sinks.ts';
import { ownFolder } from '../support/folder.ts';
import { cleanEnvironment } from '../support/lab.ts';
import { LocalStack, until, whyNoPrograms } from '../support/local-stack.ts';
import { fullSpec, smallSpec, writeConfigs } from '../support/monitoring.ts';
import { startAlertmanager, startPrometheus } from '../support/monitoring-processes.ts';
import { clusterOf } from '../support/specs.ts';

const why = whyNoPrograms('prometheus', 'alertmanager', 'amtool', 'openssl');
const options = why === null ? { timeout: 120_000 } : { skip: why };
const tells = 'alertmanager: { webhook: true }';

/** Minutes become seconds; what is told, to whom and in which order stays. */
function hasten(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/(for|group_wait|group_interval): "(\d+[sm])"/g, '$1: "1s"'));
}

/** An alert as the page of Alertmanager has it. */
type Shown = { readonly labels: Readonly<Record<string, string>>; readonly status: { readonly inhibitedBy: string[] } };

const names = (notices: readonly Notice[], status: Notice['status']): readonly (string | undefined)[] =>
  notices
    .filter((each) => each.status === status)
    .flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname));

test('amtool finds nothing wrong, whoever is told', options, (t) => {
  const email = 'alertmanager: { email: { to: a@example.org, from: b@example.org, server: "mail.example.org:25" } }';
  for (const told of ['alertmanager: {}', tells, email]) {
    const spec = smallSpec.replace('grafana: {}', told);
    const configs = writeConfigs(ownFolder(t), clusterOf(spec));
    const said = spawnSync('amtool', ['check-config', `${configs}/alertmanager/alertmanager.yml`], {
      encoding: 'utf8',
      env: cleanEnvironment(),
    });
    assert.equal(said.status, 0, said.stdout + said.stderr);
  }
});

test('a trouble and its end reach people by mail and webhook, its consequences do not', options, async (t) => {
  const [mail, web] = [await mailSink(t, ownFolder(t)), await webSink(t)];
  const spec = fullSpec
    .replace('mail.example.org:587', `localhost:${mail.port}`)
    .replace('prometheus: {}', 'prometheus: { scrapeInterval: 1s }');
  const stack = await LocalStack.make(t, spec);
  const { at } = stack;
  hasten(at.config('prometheus/alerts.yml'));
  hasten(at.config('alertmanager/alertmanager.yml'));
  mkdirSync(at.secret('alertmanager'));
  writeFileSync(at.secret('alertmanager/smtp-password'), 'a password');
  writeFileSync(at.secret('alertmanager/webhook-url'), `http://127.0.0.1:${web.port}/secret?a=1&b=2\n`);
  const token = readFileSync(at.secret('metrics/token'), 'utf8').trim();

  const orchestrator = createServer((request, response) => {
    response.statusCode = request.headers.authorization === `Bearer ${token}` ? 200 : 401;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end('muster_store_writable 1\n');
  });
  const open = async () => {
    orchestrator.listen(at.listen('orchestrator', 8080), '127.0.0.1');
    await once(orchestrator, 'listening');
  };
  const close = () => {
    orchestrator.closeAllConnections();
    orchestrator.close();
  };
  await open();
  t.after(close);
  const alertmanager = await startAlertmanager(t, stack, spec, {
    SSL_CERT_FILE: mail.authority,
  });
  const prometheus = await startPrometheus(t, stack, spec);
  const page = async () => (await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json()) as readonly Shown[];

  const post = (alert: object): Promise<unknown> =>
    fetch(`${alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([alert]),
    });

  await until(async () => {
    const up = await prometheus.query('up == 1');
    return (
      up
        .map(({ metric }) => metric.job)
        .sort()
        .join(' ') === 'alertmanager orchestrator prometheus'
    );
  });
  await until(async () => (await page()).some(({ labels }) => labels.alertname === 'Watchdog'));

  const consequence = { alertname: 'WorkersGone', component: 'workers', severity: 'warning', class: 'plain' };
  close();
  await until(async () => mail.got.length > 0 && web.got.length > 0);
  await post({ labels: consequence });
  await until(async () =>
    (await page()).some(({ labels, status }) => labels.alertname === 'WorkersGone' && status.inhibitedBy.length === 1),
  );
  await post({ labels: consequence, endsAt: new Date().toISOString() });
  await open();
  await until(async () => names(web.got, 'resolved').length > 0 && mail.got.length > 1);

  assert.deepEqual(new Set(names(web.got, 'firing')), new Set(['OrchestratorDown']));
  assert.deepEqual(new Set(names(web.got, 'resolved')), new Set(['OrchestratorDown']));
  assert.deepEqual(web.got[0]?.alerts[0]?.annotations, {
    summary: 'The orchestrator does not answer.',
    description: 'Running jobs go on; no job is accepted or handed out until it is back.',
    runbook_url: 'docs/runbooks.md#orchestratordown',
  });
  const [first, last] = [mail.got[0], mail.got.at(-1)];
  assert.deepEqual([first?.to, first?.password, first?.secure], ['ops@example.org', 'a password', true]);
  assert.match(String(first?.text), /Subject: \[FIRING:1\] OrchestratorDown/);
  assert.match(String(first?.text), /https:\/\/home\.localhost\/muster\/(?:prometheus|alertmanager)/);
  assert.match(String(last?.text), /Subject: \[RESOLVED\] OrchestratorDown/);
  assert.doesNotMatch(alertmanager.log(), /secret\?a=1/);
});

for (const [what, address] of [
  ['is not there', null],
  ['is no address', 'http://127.0.0.1/" evil: "'],
  ['names another protocol', 'file:///etc/passwd'],
] as const) {
  test(`Alertmanager starts though the secret of the webhook ${what}, and says so`, options, async (t) => {
    const spec = smallSpec.replace('grafana: {}', `${tells}, proxy: {}`);
    const stack = await LocalStack.make(t, spec);
    mkdirSync(stack.at.secret('alertmanager'));
    if (address !== null) writeFileSync(stack.at.secret('alertmanager/webhook-url'), address);
    const { log } = await startAlertmanager(t, stack, spec);
    assert.match(log(), /^webhook: .*secrets\/alertmanager\/webhook-url .*no alert reaches it$/m);
  });
}
