// Does a bare host get its roles by one command each, do they work, stay as they are, and go without trace?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobView, WorkerList } from '../../services/protocol/index.ts';
import { buildExecutables, executablesFolder, platforms } from '../../stacks/cli/executables.ts';
import { Clone, eventually, type Said } from '../support/clone.ts';
import { freshHost, hostAddress, hostsDown, onHost, sshConfig, whyNoHosts } from '../support/hosts-lab.ts';
import { treeOf } from '../support/rack-hosts.ts';
import { root } from '../support/sources.ts';

const tools = join(process.env.MUSTER_LAB_CACHE ?? '/var/cache/muster-lab', 'bin');
const hasAnsible = spawnSync(join(tools, 'ansible-playbook'), ['--version']).status === 0;
const why = whyNoHosts() ?? (hasAnsible ? null : 'ansible-playbook is absent');
const options = { ...(why !== null && { skip: why }), timeout: 600_000 };
const spec = {
  name: 'bare',
  orchestrator: { cpus: 0.5, heartbeat: '2s', leaseTtl: '20s' },
  workers: { small: { cpus: 1, memory: '512MiB', drainGrace: '10s', gpus: 'none' } },
};
let clone: Clone;
let tree: readonly string[];

function muster(...argv: readonly string[]): Promise<Said> {
  // `ssh` as a person has it who set up ~/.ssh/config.
  const env = {
    ...{ ANSIBLE_SSH_COMMON_ARGS: `-F ${sshConfig}`, LC_ALL: 'C.UTF-8', MUSTER_PORT: '' },
    PATH: [join(clone.folder, '.muster/bin'), tools, process.env.PATH].join(delimiter),
  };
  return clone.run(process.execPath, [join(clone.folder, 'stacks/cli/muster.js'), ...argv], env);
}

async function done(...argv: readonly string[]): Promise<string> {
  const { code, stderr, stdout } = await muster(...argv);
  strictEqual(code, 0, `${argv.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

before(async () => {
  if (why !== null) return;
  freshHost('node1');
  const quiet = { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: root };
  await buildExecutables(quiet, platforms, () => undefined);
  clone = await Clone.make('embedded');
  writeFileSync(join(clone.folder, 'cluster.yaml'), JSON.stringify(spec));
  // Made of the same sources: there is nothing to build again.
  const built = executablesFolder(clone.folder);
  cpSync(executablesFolder(root), built, { recursive: true });
  cpSync(`${executablesFolder(root)}.json`, `${built}.json`);
  mkdirSync(join(clone.home, 'bin'), { recursive: true });
  const ssh = join(clone.home, 'bin/ssh');
  writeFileSync(ssh, `#!/bin/sh\nexec /usr/bin/ssh -F '${sshConfig}' "$@"\n`);
  chmodSync(ssh, 0o755);
  tree = await treeOf('node1');
});
after(async () => {
  if (why !== null) return;
  await clone?.remove();
  hostsDown();
});

test('a bare host becomes the orchestrator', options, async (t) => {
  const startedAt = performance.now();
  const said = await done('install', 'root@node1', '--role', 'orchestrator', '--yes', '--no-firewall');
  t.diagnostic(`installed after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  const address = `${hostAddress('node1')}:8080`;
  match(said, / {2}\+ orchestrator {2}asked for {2}\S+:8080 {2}\/opt\/muster\/bin\/muster-orchestrator/);
  match(said, new RegExp(`^muster: root@node1 is installed \\(https://${address}\\)$`, 'm'));
  match(said, /to undo: npx --no muster uninstall root@node1\n$/);
});

test('the role worker is added to it, and runs a job', options, async () => {
  const said = await done('install', 'root@node1', '--role', 'worker', '--yes');
  match(said, / {2}= orchestrator {2}is here already/);
  match(said, / {2}\+ small +class small: the largest that fits/);
  await eventually('the worker is idle', async () => {
    const { workers } = JSON.parse(await done('workers', 'list', '--json')) as WorkerList;
    return workers.length === 1 && workers[0]?.state === 'idle';
  });
  const { id } = JSON.parse(await done('jobs', 'submit', '--wait', '--json', '--', 'hostname')) as JobView;
  strictEqual(await done('jobs', 'logs', id), 'node1\n');
});

test('the same again changes nothing', options, async () => {
  const { changed, end, plan, services } = JSON.parse(await done('install', 'root@node1', '--json'));
  const whys = services.map(({ service, why }: { service: string; why: string }) => `${service} ${why}`);
  deepStrictEqual(
    { changed, end, plan, whys },
    {
      ...{ changed: 0, end: 'done', plan: [] },
      whys: ['orchestrator is here already', 'small is here already'],
    },
  );
});

test('what is uninstalled leaves no file, no user and no unit', options, async () => {
  match(await done('uninstall', 'root@node1', '--yes'), /\nmuster: nothing of it is left on root@node1\n/);
  const was = new Set(tree);
  deepStrictEqual(
    (await treeOf('node1')).filter((line) => !was.has(line)),
    [],
  );
  const { stdout } = await onHost('node1', 'ls -d /opt/muster /etc/muster /var/lib/muster 2>/dev/null | wc -l');
  strictEqual(stdout, '0\n');
  strictEqual(await done('uninstall', 'root@node1', '--yes'), 'muster: nothing of Muster is on root@node1\n');
});
