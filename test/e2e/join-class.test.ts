// Does a real host become a worker by the secret of its class, as a rented machine does, and does nobody see the secret?
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { buildExecutables, executablesFolder } from '../../stacks/cli/executables.ts';
import { testAuthority } from '../support/certificates.ts';
import { type ClassLine, classLine, className } from '../support/class-line.ts';
import { freshHost, hostsDown, machineAddress, rebootHost, whyNoHosts } from '../support/hosts-lab.ts';
import { type Inviting, inviting } from '../support/inviting.ts';
import { host, look, pasted, ranOn, said, timesSeen, workersOf } from '../support/joining-host.ts';
import { root } from '../support/sources.ts';

const timeout = 180_000;
const uninstall = 'sh /opt/muster/agent-install.sh --uninstall';
const files = { script: '/root/install.sh', ca: '/etc/muster/ca.crt' };
const name = `${className}-i-0f3a`;
const invocation = () => said('systemctl show --property=InvocationID --value muster-agent');
const health = () => said('curl -fsS http://127.0.0.1:50052/health');

type Rented = Inviting & { readonly line: (more?: Partial<ClassLine>) => string };

const write = (path: string, text: string): Promise<string> =>
  said(`mkdir -p "$(dirname ${path})"; cat >${path} <<'END'\n${text}END`);

describe('a host with systemd', { skip: whyNoHosts() ?? false }, () => {
  before(async () => {
    const io = { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: root };
    await buildExecutables(io, [`linux-${process.arch}` as 'linux-x64'], () => {});
    freshHost(host);
    await said('useradd --create-home --shell /bin/sh someone');
  });
  after(hostsDown);

  /** What the boot of a rented machine has brought: the authority, and the installer past it. */
  const rented = async (t: TestContext): Promise<Rented> => {
    const executables = executablesFolder(root);
    const cluster = await inviting(t, { host: machineAddress, executables });
    await write(files.ca, cluster.ca);
    await said(`curl -fsS --cacert ${files.ca} --output ${files.script} ${cluster.bench.running.url}/install.sh`);
    const agent = readFileSync(join(executables, `muster-agent-linux-${process.arch}`));
    const agentSha256 = createHash('sha256').update(agent).digest('hex');
    return { ...cluster, line: (more) => classLine(cluster, { ...files, agentSha256, ...more }) };
  };

  test('a worker with the name of its instance, again the same, after a reboot too, and gone', {
    timeout,
  }, async (t) => {
    const cluster = await rented(t);
    const before = await said(look);
    const options = `--name ${name} --health 127.0.0.1:50052 --gpus none --labels rack=7`;
    const startedAt = performance.now();
    const { code, stderr, stdout } = await pasted(cluster.line({ options }));
    t.diagnostic(`a worker after ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n${stdout}`);
    deepStrictEqual([code, stderr], [0, ''], stdout);
    const [worker] = await workersOf(cluster);
    deepStrictEqual([worker?.name, worker?.state, worker?.labels], [name, 'idle', { rack: '7', size: 'large' }]);
    deepStrictEqual(await ranOn(cluster), ['succeeded', name]);
    match(await health(), /"well":true,"worker":"worker-01-i-0f3a".*"connected":true/);
    const first = await invocation();
    const again = await pasted(cluster.line({ options }));
    deepStrictEqual([again.code, again.stderr, await invocation()], [0, '', first]);
    rebootHost(host);
    while ((await said('systemctl show --property=ActiveState --value muster-agent').catch(() => '')) !== 'active');
    deepStrictEqual(await ranOn(cluster), ['succeeded', name]);
    const second = await invocation();
    writeFileSync(join(cluster.bench.folder, 'secrets/classes', className, 'token'), `mc_${'r'.repeat(43)}\n`);
    const rotated = await pasted(cluster.line());
    deepStrictEqual([rotated.code, rotated.stderr], [0, '']);
    notStrictEqual(await invocation(), second);
    deepStrictEqual(
      (await workersOf(cluster)).map(({ id, state }) => [id, state]),
      [[worker?.id, 'idle']],
    );
    const gone = await pasted(uninstall);
    deepStrictEqual([gone.code, gone.stderr], [0, '']);
    deepStrictEqual((await said(look)).split('\n'), before.split('\n'));
  });

  test('its secret is in one file of root and the credential of its unit: in no argument, environment or log', {
    timeout,
  }, async (t) => {
    const cluster = await rented(t);
    const secret = cluster.bench.classSecret(className);
    strictEqual(await timesSeen(secret, cluster.line()), 0);
    const holders = `grep -rlsF ${secret} /etc /opt /run /var /tmp /root /home; true`;
    deepStrictEqual((await said(holders)).split('\n').sort(), [
      '/etc/muster/agent-token',
      '/run/credentials/muster-agent.service/token',
    ]);
    strictEqual(await said('stat -c "%a %U" /etc/muster/agent-token'), '600 root');
    strictEqual(await said(`cat /proc/[0-9]*/environ | grep -acF '${secret}' || true`), '0');
    strictEqual(await said(`journalctl --quiet --output=export | grep -acF '${secret}' || true`), '0');
    await said(`logger canary-${secret}`);
    ok(
      Number(await said(`journalctl --quiet --output=export | grep -acF '${secret}'`)) > 0,
      'a log that has it is seen',
    );
    strictEqual((await pasted(uninstall)).code, 0);
  });

  test('a secret that nobody knows, another agent or another authority leave nothing, also beside authorities of the host', {
    timeout,
  }, async (t) => {
    const cluster = await rented(t);
    await write('/etc/muster/other.crt', (await testAuthority('other')).ca);
    await said(`ln -s ${files.ca} "/etc/ssl/certs/$(openssl x509 -noout -hash -in ${files.ca}).0"`);
    const before = await said(look);
    const refused = async (more: Partial<ClassLine>, code: number, message: RegExp) => {
      const answer = await pasted(cluster.line(more));
      strictEqual(answer.code, code, answer.stderr);
      match(answer.stderr, message);
      deepStrictEqual((await said(look)).split('\n'), before.split('\n'));
    };
    await refused(
      { token: `mc_${'x'.repeat(43)}` },
      4,
      /token= takes what \.muster\/secrets\/classes\/worker-01\/token holds/,
    );
    await refused(
      { agentSha256: 'ab'.repeat(32) },
      5,
      /expected abababababab \(agent_sha256\), the orchestrator offers/,
    );
    await refused({ ca: '/etc/muster/other.crt' }, 5, /curl: \(60\)/);
  });

  test('a host that was invited goes over to its class', { timeout }, async (t) => {
    const cluster = await rented(t);
    const before = await said(look);
    const { command } = await cluster.invite('--name', 'guest');
    strictEqual((await pasted(command)).code, 0);
    const over = await pasted(cluster.line({ options: `--name ${name}` }));
    deepStrictEqual([over.code, over.stderr], [0, ''], over.stdout);
    deepStrictEqual(await ranOn(cluster), ['succeeded', name]);
    deepStrictEqual(
      (await workersOf(cluster)).map(({ name, state }) => [name, state]),
      [
        ['guest', 'offline'],
        [name, 'idle'],
      ],
    );
    strictEqual(await said('cd /etc/muster; ls agent-*'), 'agent-ca.crt\nagent-token');
    match(
      await said('cat /etc/systemd/system/muster-agent.service'),
      /^LoadCredential=token:\/etc\/muster\/agent-token$/m,
    );
    strictEqual((await pasted(uninstall)).code, 0);
    deepStrictEqual((await said(look)).split('\n'), before.split('\n'));
  });
});
