// Does docs/metrics.md list what a real scrape shows, name for name?
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { agentPaths } from '../../../../services/protocol/index.ts';
import { someModels, startFakeOllama } from '../../../support/fake-ollama.ts';
import { assertGolden } from '../../../support/golden.ts';
import { startOrchestrator } from '../support/orchestrator.ts';
import { scrapeWithModels } from '../support/scrape.ts';
import { connectAgent, takeJob } from '../support/scripted-agent.ts';

const page = 'docs/metrics.md';
const gpu = { index: 0, uuid: null, name: 'RTX 4090', memoryMiB: 24_564, driver: '560.35', vendor: 'nvidia' };

type Family = { readonly name: string; readonly type: string; readonly help: string; readonly labels: Set<string> };

/** What the text of a scrape has, in its order; every family needs a sample for its labels to be seen. */
const familiesOf = (text: string): readonly Family[] => {
  const families: Family[] = [];
  for (const line of text.split('\n')) {
    const [, name = '', help = ''] = /^# HELP (\S+) (.*)$/.exec(line) ?? [];
    if (name !== '') families.push({ name, help, type: '', labels: new Set() });
    const last = families.at(-1) as Family;
    const [, type = ''] = /^# TYPE \S+ (\S+)$/.exec(line) ?? [];
    if (type !== '') families[families.length - 1] = { ...last, type };
    if (line === '' || line.startsWith('#')) continue;
    assert.ok(line.startsWith(last.name), line);
    for (const [, label = ''] of line.matchAll(/[{,]([a-z]+)="/g)) if (label !== 'le') last.labels.add(label);
    if (!/[{ ]/.test(line)) assert.fail(line);
  }
  return families;
};

const tableOf = (families: readonly Family[]): string => {
  const rows = families.map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.size === 0 ? '–' : [...labels].map((label) => `\`${label}\``).join(' '),
    help,
  ]);
  const all = [['name', 'type', 'labels', 'meaning'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(all[0] as string[]), rule, ...rows.map(line)].join('\n');
};

test('the table of docs/metrics.md is what a scrape shows', async (t) => {
  const ollama = await startFakeOllama(t, someModels());
  const bench = await startOrchestrator(t, {
    env: { MUSTER_OLLAMA_URLS: JSON.stringify([{ node: 'ollama', url: ollama.url }]) },
  });
  const capacity = { cpus: 4, memoryMiB: 8192, diskMiB: 50_000, gpus: [gpu] };
  const agent = await connectAgent(t, bench, { capacity });
  await bench.admin.post('/api/v1/jobs', { command: ['true'] });
  const lease = await takeJob(agent);
  await agent.heartbeat([lease]);
  await agent.report(lease, { cause: 'exit', exitCode: 1 });
  const failing = { count: 3, since: '2026-01-02T03:04:05.678Z', reason: 'it hung and was killed', lines: [] };
  await agent.client.post(agentPaths.failing, { failing });
  const text = await scrapeWithModels(bench);
  const families = familiesOf(text);
  assert.ok(families.length > 30, text);
  const now = readFileSync(join(import.meta.dirname, '../../../..', page), 'utf8');
  assertGolden(
    page,
    now.replace(/^\| name .*?(?=\n\n)/ms, () => tableOf(families)),
  );
});
