// Does `muster install` make a host a worker where the orchestrator is no unit of a rack? With a stand-in for ssh.
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dropTunnels } from '../../../stacks/cli/workers/tunnels.ts';
import { inviting } from '../../support/inviting.ts';
import { root } from '../../support/sources.ts';
import { sshStandIn } from '../../support/ssh-stand-in.ts';

test('the orchestrator of this machine, which others cannot reach, is joined through a tunnel', async (t) => {
  const { bench, home, muster, offer } = await inviting(t, { plain: true });
  const ssh = sshStandIn(t, bench.folder);
  offer({ 'install.sh': ssh.installer });
  const io = { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: root };
  const { code, stderr, stdout } = await muster('install', 'pat@host', '--role', 'worker', '--yes');
  await dropTunnels(io, home);
  deepStrictEqual([code, stderr], [0, '']);
  match(stdout, new RegExp(`\\n {2}\\+ agent {2}joins ${bench.running.url}\\n`));
  match(stdout, /\n {2}\+ tunnel {2}its 127\.0\.0\.1:\d+ leads to /);
  match(stdout, /\n {2}joined {4}\S+, idle after /);
  strictEqual(
    ssh.calls().some(([first]) => first === '-N'),
    true,
  );
});

test('an address that nobody vouches for gets no invite', async (t) => {
  const { bench, muster } = await inviting(t);
  const file = join(bench.folder, 'invite');
  writeFileSync(file, 'mi_any');
  const ssh = sshStandIn(t, bench.folder);
  const argv = ['--role', 'worker', '--orchestrator', 'http://203.0.113.1:8080', '--invite-file', file, '--yes'];
  const { code, stderr } = await muster('install', 'pat@host', ...argv);
  strictEqual(code, 2);
  match(stderr, /^muster: http:\/\/203\.0\.113\.1:8080: others on the way could read the invite\n/);
  strictEqual(ssh.calls().length, 1);
});
