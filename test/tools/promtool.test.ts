// Does the real Prometheus take what is generated for it, and does each alert fire when it should and only then?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { alertGroups } from '../../stacks/configs/alerts.ts';
import type { Case } from '../stacks/configs/monitoring-case.ts';
import { cases } from '../stacks/configs/monitoring-cases.ts';
import { ownFolder } from '../support/folder.ts';
import { cleanEnvironment } from '../support/lab.ts';
import { whyNoPrograms } from '../support/local-stack.ts';
import { fullSpec, smallSpec, writeConfigs } from '../support/monitoring.ts';
import { clusterOf } from '../support/specs.ts';

type Rule = {
  readonly alert: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
};
const full = clusterOf(fullSpec);
const rules = (alertGroups(full) as readonly { rules: readonly Rule[] }[]).flatMap((group) => group.rules);
const why = whyNoPrograms('promtool');
const options = why === null ? {} : { skip: why };

function promtool(...args: readonly string[]): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', env: cleanEnvironment() });
  return { code: status, said: stdout + stderr };
}

const inputs = (series: Readonly<Record<string, string>>) =>
  Object.entries(series).map(([name, values]) => ({ series: name, values }));

/** Fires when the trouble has lasted, is not there a minute before, and never without the trouble. */
function testsOf({ alert, annotations, labels }: Rule): readonly object[] {
  const { description, fires, forSeconds = 0, labels: own = {}, quiet, since = 0, summary } = cases[alert] as Case;
  const lasts = since + forSeconds / 60;
  const fired = {
    exp_labels: { ...own, severity: labels.severity, component: labels.component },
    exp_annotations: { summary, description, runbook_url: annotations.runbook_url },
  };
  const at = (minute: number, expected: readonly object[]) => ({
    eval_time: `${minute}m`,
    alertname: alert,
    exp_alerts: expected,
  });
  const early = forSeconds > 0 ? [at(lasts - 1, [])] : [];
  const firing = {
    name: `${alert} fires`,
    interval: '1m',
    input_series: inputs(fires),
    alert_rule_test: [...early, at(lasts + 1, [fired])],
  };
  if (quiet === null) return [firing];
  const silent = {
    name: `${alert} stays quiet`,
    interval: '1m',
    input_series: inputs(quiet),
    alert_rule_test: [at(lasts + 1, []), at(lasts + 30, [])],
  };
  return [firing, silent];
}

test('each alert has its case, and each case its alert', () => {
  assert.deepEqual(rules.map(({ alert }) => alert).sort(), Object.keys(cases).sort());
});

for (const [name, text] of Object.entries({ full: fullSpec, small: smallSpec })) {
  test(`promtool finds nothing wrong with the files of the ${name} spec`, options, (t) => {
    const folder = ownFolder(t);
    const configs = writeConfigs(folder, clusterOf(text));
    mkdirSync(join(folder, 'metrics'), { recursive: true });
    writeFileSync(join(folder, 'metrics/token'), 'x');
    const { code, said } = promtool(
      'check',
      'config',
      '--lint=all',
      '--lint-fatal',
      `${configs}/prometheus/prometheus.yml`,
    );
    assert.equal(code, 0, said);
    assert.match(said, /\d+ rules found/);
  });
}

test('each alert fires when its trouble has lasted, with its words, and not before and not without', options, (t) => {
  const folder = ownFolder(t);
  const configs = writeConfigs(folder, full);
  const tests = rules.flatMap(testsOf);
  const suite = { rule_files: [`${configs}/prometheus/alerts.yml`], evaluation_interval: '1m', tests };
  writeFileSync(join(folder, 'tests.yml'), JSON.stringify(suite));
  const { code, said } = promtool('test', 'rules', join(folder, 'tests.yml'));
  assert.equal(code, 0, said);
});

test('promtool would notice an alert that does not fire', options, (t) => {
  const folder = ownFolder(t);
  const file = join(writeConfigs(folder, full), 'prometheus/alerts.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('muster_store_writable == 0', 'muster_store_writable == 2'));
  const tests = rules.filter(({ alert }) => alert === 'StoreNotWritable').flatMap(testsOf);
  writeFileSync(join(folder, 'tests.yml'), JSON.stringify({ rule_files: [file], evaluation_interval: '1m', tests }));
  const { code, said } = promtool('test', 'rules', join(folder, 'tests.yml'));
  assert.equal(code, 1, said);
});
