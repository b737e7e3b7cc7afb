// What does systemd itself say of the units of many specs? It knows every line, and they are hardened up to the bars.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { ownPrograms } from '../../stacks/cluster/rack-paths.ts';
import type { Cluster } from '../../stacks/cluster/types.ts';
import { render, targets } from '../../stacks/index.ts';
import { manySpecs } from '../support/many-specs.ts';
import { onHosts } from '../support/rack-specs.ts';
import { clusterOf, specs } from '../support/specs.ts';
import { analyzeVersion, readBySystemd, systemdIsThere } from '../support/systemd.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-units-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const clusters: ReadonlyMap<string, Cluster> = new Map(
  [...specs, ...manySpecs].flatMap(([name, text], index) => [
    [name, clusterOf(text)],
    ...(index % 3 === 0 ? ([[`${name} on three hosts`, clusterOf(onHosts(text, 3))]] as const) : []),
  ]),
);

const options = { skip: analyzeVersion() === null && 'systemd-analyze is absent', timeout: 300_000 };

/** In tenths of an exposure. */
function barOf(unit: string, { workers }: Cluster): number {
  const name = /^muster-(.*)\.service$/.exec(unit)?.[1] ?? '';
  const worker = workers.find((each) => each.name === name);
  if (name === 'orchestrator') return 11;
  return worker === undefined ? 16 : worker.gpus.kind === 'none' ? 12 : 15;
}

/** By host: its units, below a root of their own that has the programs and targets that they name. */
function placed(cluster: Cluster, name: string): ReadonlyMap<string, readonly string[]> {
  const root = join(folder, name.replaceAll(' ', '-'));
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
  };
  const hosts = new Map<string, string[]>();
  for (const { path, text } of render(cluster, [targets.systemd]).files) {
    const [, machine = '', form, unit] = /^build\/rack\/([^/]+)\/(units|userspace)\/(.+)$/.exec(path) ?? [];
    if (unit === undefined) continue;
    // A form of a unit that is there already.
    const host = form === 'units' ? machine : `${machine}-${form}`;
    const place = join(root, host, 'etc/systemd/system', unit);
    write(place, text);
    hosts.set(host, [...(hosts.get(host) ?? []), place]);
  }
  for (const host of hosts.keys()) {
    for (const program of ['/bin/sh', ...Object.values(ownPrograms)]) write(join(root, host, program), '', 0o755);
    write(join(root, host, 'etc/systemd/system/muster-job-units.socket'), '[Socket]\nListenStream=/run/a\n');
    write(join(root, host, 'etc/systemd/system/muster-job-units.service'), '[Service]\nExecStart=/bin/sh\n');
    for (const target of ['network-online', 'time-sync', 'time-set', 'multi-user', 'sysinit', 'basic', 'shutdown']) {
      write(join(root, host, `usr/lib/systemd/system/${target}.target`), '[Unit]\nDescription=A stub\n');
    }
  }
  return hosts;
}

function said(args: readonly string[]): { readonly code: number | null; readonly text: string } {
  const { status, stderr, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8', timeout: 60_000 });
  return { code: status, text: stdout + stderr };
}

test('systemd knows every line of every unit, and says no word', options, () => {
  assert.ok(clusters.size >= 30, `${clusters.size} specs`);
  for (const [name, cluster] of clusters) {
    for (const [host, units] of placed(cluster, name)) {
      const root = join(folder, name.replaceAll(' ', '-'), host);
      const verdict = said(['verify', '--man=no', `--root=${root}`, ...units.map((unit) => basename(unit))]);
      assert.deepEqual(verdict, { code: 0, text: '' }, `${name}, ${host}`);
    }
  }
});

test('no unit is more exposed than its bar', options, (t) => {
  const worst = new Map<number, string>();
  let count = 0;
  for (const [name, cluster] of clusters) {
    const units = [...placed(cluster, name).values()].flat().filter((unit) => unit.endsWith('.service'));
    for (const [bar, group] of Map.groupBy(units, (unit) => barOf(basename(unit), cluster))) {
      const judged = said(['security', '--offline=true', '--no-pager', `--threshold=${bar}`, ...group]);
      const levels = [...judged.text.matchAll(/exposure level for (\S+): (\d+\.\d)/g)];
      for (const [, unit = '', level = ''] of levels) {
        count += 1;
        if (`${level} ${unit}` > (worst.get(bar) ?? '')) worst.set(bar, `${level} ${unit}`);
        assert.ok(Number(level) * 10 <= bar + 0.001, `${name}: ${unit} ${level}`);
      }
      assert.deepEqual([judged.code, levels.length], [0, group.length], `${name}: ${judged.text.slice(-2000)}`);
    }
  }
  t.diagnostic(
    `${count} units of ${clusters.size} specs; ${[...worst].map(([bar, unit]) => `${unit} of ${bar / 10}`).join(', ')}`,
  );
});

test('a line that systemd does not know, and a unit above its bar, are seen', options, () => {
  const [[, units] = ['', []]] = placed(clusterOf('name: a\nworkers: {w: {}}'), 'broken');
  const unit = units.find((path) => basename(path) === 'muster-orchestrator.service') ?? '';
  const root = join(folder, 'broken/localhost');
  const text = readFileSync(unit, 'utf8');
  writeFileSync(unit, text.replace('[Install]', 'RestartSteps=4\nNoNewPrivilege=yes\n[Install]'));
  assert.match(said(['verify', '--man=no', `--root=${root}`, basename(unit)]).text, /Unknown key.*NoNewPrivilege/);
  writeFileSync(unit, text.replace(/^CapabilityBoundingSet=\n/m, ''));
  assert.notEqual(said(['security', '--offline=true', '--threshold=16', unit]).code, 0);
});

test('systemd reads hostile labels and variables as they were written', { skip: systemdIsThere() }, () => {
  const hostile = `50% %n $HOME \${X} $$ "q" 'q' \\ ; # \`id\` $(id) é 😀`;
  const spec = { name: 'a', workers: { w: { labels: { k: hostile }, environment: { X: hostile, Y: ' ', Z: '' } } } };
  const { files } = render(clusterOf(JSON.stringify(spec)), [targets.systemd]);
  const units = files.map(({ path, text }) => ({ name: basename(path), text }));
  const read = readBySystemd(units);
  const worker = read.get('muster-w.service');
  assert.deepEqual(worker?.commands, [[ownPrograms.agent], [ownPrograms.agent, 'ended']]);
  const environment = new Map(worker?.environment.map((each) => each.split(/=(.*)/s).slice(0, 2) as [string, string]));
  assert.deepEqual([environment.get('X'), environment.get('Y'), environment.get('Z')], [hostile, ' ', '']);
  assert.deepEqual(JSON.parse(environment.get('MUSTER_LABELS') ?? ''), { k: hostile });
  const classes = read
    .get('muster-orchestrator.service')
    ?.environment.find((each) => each.startsWith('MUSTER_CLASSES='));
  assert.deepEqual(JSON.parse(classes?.slice('MUSTER_CLASSES='.length) ?? ''), [
    { name: 'w', maxReplicas: 16, labels: { k: hostile } },
  ]);
});
