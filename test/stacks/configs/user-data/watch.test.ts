// When does the watch of a rented machine give it back? Never while a job runs, or may run; the script itself, in rounds.
import { deepStrictEqual, match, ok } from 'node:assert';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchScript } from '../../../../stacks/configs/user-data/watch.ts';
import { ownFolder } from '../../../support/folder.ts';

type Machine = {
  /** What its agent says, with which status; null: nothing. */
  readonly health: readonly [status: number, body: object] | null;
  /** Units of jobs that systemd knows. */
  readonly hasUnits?: true;
  readonly joined?: true;
  readonly isRefused?: true;
  readonly limits?: { readonly boot: number; readonly alone: number };
};

const rounds = 6;

/** What it does in some rounds: `given back` for each try, and what it says. */
async function watched(t: TestContext, machine: Machine): Promise<{ readonly tries: number; readonly said: string }> {
  const { health, hasUnits, joined, isRefused, limits = { boot: 0, alone: 0 } } = machine;
  const folder = ownFolder(t);
  const at = (name: string) => join(folder, name);
  const server = createServer((_, response) => {
    if (health === null) response.destroy();
    else response.writeHead(health[0]).end(JSON.stringify(health[1]));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  const put = (name: string, text: string): void => {
    writeFileSync(at(name), text);
    chmodSync(at(name), 0o755);
  };
  mkdirSync(at('bin'));
  put('bin/systemctl', `#!/bin/sh\ncase $1 in show) echo 0 ;; *) exit ${hasUnits ? 0 : 3} ;; esac\n`);
  put('bin/journalctl', '#!/bin/sh\necho "no route to host"\n');
  put(
    'cloud',
    `set -a; MUSTER_HEALTH=127.0.0.1:${(server.address() as AddressInfo).port}
MUSTER_BOOT_SECONDS=${limits.boot} MUSTER_ALONE_SECONDS=${limits.alone}
say() { echo "$*" >>${at('said')}; }
is_leaving() { echo >>${at('rounds')}; return 1; }
give_back() { echo >>${at('tries')}; return ${isRefused ? 1 : 0}; }
`,
  );
  if (joined) put('joined', '');
  for (const name of ['rounds', 'tries', 'said']) writeFileSync(at(name), '');
  const script = watchScript
    .replace('/usr/local/lib/muster/cloud', at('cloud'))
    .replace('/run/muster-joined', at('joined'));
  const env = { PATH: `${at('bin')}:${process.env.PATH}`, MUSTER_WATCH_SECONDS: '0.05' };
  const child = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const count = (name: string): number => readFileSync(at(name), 'utf8').length;
  try {
    while (count('rounds') < rounds) {
      ok(child.exitCode === null, 'it runs on');
      await sleep(20);
    }
  } finally {
    child.kill('SIGKILL');
  }
  return { tries: count('tries') === 0 ? 0 : 1, said: readFileSync(at('said'), 'utf8') };
}

const well = { connected: true, running: 0 };
const lost = { connected: false, running: 0 };
const never = { boot: 1e9, alone: 1e9 };

const machines: readonly (readonly [what: string, machine: Machine, tries: 0 | 1])[] = [
  ['in contact', { health: [200, well], joined: true }, 0],
  ['without contact, without a job', { health: [503, lost], joined: true }, 1],
  ['without contact, within its limit', { health: [503, lost], joined: true, limits: never }, 0],
  [
    'without contact, and its agent is no longer well, with a job',
    { health: [503, { ...lost, running: 1 }], joined: true },
    0,
  ],
  ['without contact for a moment, with jobs', { health: [200, { ...lost, running: 12 }], joined: true }, 0],
  ['an agent that says nothing, with the unit of a job', { health: null, hasUnits: true, joined: true }, 0],
  ['an agent that says something else', { health: [200, {}], joined: true }, 0],
  ['an agent that is gone', { health: null, joined: true }, 1],
  ['never joined, and the deadline has passed', { health: null }, 1],
  ['never joined, before the deadline', { health: null, limits: never }, 0],
  ['its installer has not ended, and its agent is in contact', { health: [200, well] }, 0],
];

for (const [what, machine, tries] of machines) {
  test(`${what}: ${tries === 1 ? 'given back' : 'stays'}`, async (t) => {
    deepStrictEqual((await watched(t, machine)).tries, tries);
  });
}

test('what is refused is said once, and tried again later', async (t) => {
  const { said } = await watched(t, { health: null, joined: true, isRefused: true });
  match(
    said,
    /^it has had no job and no contact for \d+ s; this machine is given back\. Its agent said last: no route to host\nit was refused \(.*\); the next try is in 30 s\n$/,
  );
});
