// What do other hosts have to do with it when one is installed? They are told, and lose what goes.
import { match, strictEqual } from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownFolder } from '../../support/folder.ts';
import { hostSays, InstallStandIns } from '../../support/install-stand-ins.ts';

const spec = 'name: home\nservices: {ollama: {memory: 1GiB}}\n';
const node1 = {
  place: { destination: 'root@node1', port: 2200 },
  host: { name: 'node1', address: '10.0.0.1', user: 'root', sshPort: 22, runs: ['orchestrator'] },
  role: 'orchestrator',
  firewall: true,
};

function place(t: TestContext): InstallStandIns {
  const standIns = new InstallStandIns(ownFolder(t), spec);
  for (const folder of ['.muster', 'build/install/node1']) mkdirSync(join(standIns.root, folder), { recursive: true });
  writeFileSync(join(standIns.root, '.muster/installed.json'), JSON.stringify([node1]));
  return standIns;
}

test('an orchestrator on another host is to learn of new models', async (t) => {
  const standIns = place(t);
  const { code, stderr, stdout } = await standIns.muster('install', 'bare', '--role', 'ai', '--yes');
  strictEqual(code, 0, stderr);
  match(stdout, /\nmuster: node1 should learn of it: npx --no muster install root@node1 --port 2200\n/);
  const unit = readFileSync(join(standIns.root, 'build/install/node1/units/muster-orchestrator.service'), 'utf8');
  match(unit, /MUSTER_OLLAMA_URLS=\[\{.*10\.0\.0\.9:11434/);
});

test('an orchestrator that goes is said to leave others alone', async (t) => {
  const standIns = place(t);
  const others = [
    node1,
    { ...node1, place: null, host: { ...node1.host, name: 'bare', address: '10.0.0.9', runs: ['ollama'] } },
  ];
  writeFileSync(join(standIns.root, '.muster/installed.json'), JSON.stringify(others));
  standIns.host(hostSays('unit muster-orchestrator.service').replace('10.0.0.9', '10.0.0.1'));
  const { stdout } = await standIns.muster('uninstall', 'root@node1', '--port', '2200', '--dry-run');
  match(stdout, /\n {2}- orchestrator {2}with its queue and results; bare lose it\n/);
});

test('an address that others cannot reach is asked for', async (t) => {
  const standIns = place(t);
  standIns.host(hostSays().replace(/came .*/, 'came ::1 1 ::1 22'));
  const { code, stderr } = await standIns.muster('install', 'bare', '--role', 'ai');
  strictEqual(`${code} ${stderr}`, '2 muster: --address: expected an IPv4 address for other hosts, bare has none\n');
});
