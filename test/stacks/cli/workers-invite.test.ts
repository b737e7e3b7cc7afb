// Does `muster workers invite` give one line that works in any shell, shows no token to others, and trusts nobody else?
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { dockerLine, variableLines } from '../../../stacks/cli/workers/join-line.ts';
import { qrCode } from '../../../stacks/cli/workers/qr.ts';
import { testAuthority } from '../../support/certificates.ts';
import { type Inviting, inviting } from '../../support/inviting.ts';

/** An installer that says what it was told, and what every user of this machine sees of it meanwhile. */
const telling = `#!/bin/sh
main() {
  printf 'invite %s\\n' "$invite"
  printf 'told %s\\n' "$*"
  tr '\\0' ' ' </proc/$$/cmdline
  printf '\\n'
  tr '\\0' '\\n' </proc/$$/environ | grep -c mi_
  printf 'back\\\\slash\\n'
}
main "$@" </dev/null
`;

const shellSays = async (shell: string, line: string): Promise<{ code: number; stdout: string; stderr: string }> => {
  const child = spawn(shell, ['-s'], { env: { PATH: process.env.PATH }, stdio: ['pipe', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (texts.stdout += chunk));
  child.stderr.on('data', (chunk) => (texts.stderr += chunk));
  child.stdin.end(`${line}\n`);
  const [code] = await once(child, 'close');
  return { code: Number(code), ...texts };
};

for (const shell of ['sh', 'bash'])
  for (const plain of [false, true])
    test(`the line fetches the installer in ${shell}, ${plain ? 'without TLS' : 'by its pin'}, and hands the token over unseen`, async (t) => {
      const { bench, invite, offer } = await inviting(t, { plain });
      offer({ 'install.sh': telling });
      const { command, pin, token } = await invite();
      const { url } = bench.running;
      const told = plain ? `--url ${url}` : `--url ${url} --pin ${pin}`;
      assert.deepEqual(await shellSays(shell, command), {
        code: 0,
        stdout: `invite ${token}\ntold ${told}\nsh -s -- ${told} \n0\nback\\slash\n`,
        stderr: '',
      });
    });

test('another key, another installer and no orchestrator at all are each refused before anything runs', async (t) => {
  const place = await inviting(t);
  place.offer({ 'install.sh': telling });
  const { command, pin, url } = await place.invite();
  const otherPin = await shellSays('sh', command.replaceAll(String(pin), `sha256//${'A'.repeat(43)}=`));
  assert.deepEqual([otherPin.code, otherPin.stdout], [90, '']);
  const nobody = await shellSays('sh', command.replace(url, 'https://127.0.0.1:1'));
  assert.deepEqual([nobody.code, nobody.stdout], [7, '']);
  place.offer({ 'install.sh': `${telling}# changed\n` });
  assert.deepEqual(await shellSays('sh', command), {
    code: 1,
    stdout: '',
    stderr: 'muster: another installer than the invite is for\n',
  });
});

test('a terminal gets the line, a QR code of it, and for whom it is', async (t) => {
  const { muster, offer } = await inviting(t, { terminal: true });
  offer({ 'install.sh': telling });
  const { code, stderr, stdout } = await muster('workers', 'invite', '--name', 'node7');
  const [line = '', ...rest] = stdout.split('\n');
  assert.deepEqual([code, rest.join('\n').trim()], [0, qrCode(line, 80)?.trim()]);
  assert.match(line, /^u=https:.* p=sha256\/\/\S+;i=\$\(curl .*\|sh -s -- --url "\$u" --pin "\$p"$/);
  assert.match(stderr, /^muster: for one machine of the class worker-01, until 20\d\d-.* \(i_[0-9a-f]{16}\)\n/);
  assert.match(stderr, /only this machine reaches https:\/\/127\.0\.0\.1/);
  assert.equal(qrCode(line, 40), null);
});

test('a list says what became of each invite, without its token; one can be taken back', async (t) => {
  const { invite, muster, offer } = await inviting(t);
  offer({ 'install.sh': telling });
  const first = await invite('--name', 'node7', '--expires', '7d');
  assert.equal(Date.parse(first.expiresAt) - Date.parse(first.createdAt), 7 * 86_400_000);
  assert.equal(
    (await muster('workers', 'revoke', first.id)).stdout,
    `revoked ${first.id}; it opens nothing from now on\n`,
  );
  const { stdout } = await muster('workers', 'invites');
  assert.match(
    stdout,
    new RegExp(`^ID +STATE +WHEN +CLASS +NAME +WORKER\n${first.id}  revoked  0 s ago  worker-01  node7  –\n$`),
  );
  const unknown = await muster('workers', 'revoke', 'i_none');
  assert.deepEqual([unknown.code, unknown.stderr], [1, 'muster: there is no invite i_none\n']);
});

const leavesNothing = async ({ bench }: Inviting): Promise<boolean> =>
  (await bench.admin.get('/api/v1/invites')).json.invites.every(({ state }: { state: string }) => state === 'revoked');

test('what is wrong is said, and leaves no invite that opens', async (t) => {
  const place = await inviting(t);
  const said = async (...argv: string[]) => {
    const { code, stderr, stdout } = await place.muster('workers', 'invite', ...argv);
    assert.equal(stdout, '');
    return [code, stderr.split('\n')[0]];
  };
  assert.deepEqual(await said(), [3, 'muster: the orchestrator offers no installer']);
  place.offer({ 'install.sh': telling });
  const hostile = `"; rm -rf / #`;
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['--format', 'yaml'], 2, /--format: expected shell, docker, env, got "yaml"/],
    [['--expires', '31d'], 2, /--expires: expected 1m to 30d, such as 1h, got "31d"/],
    [['--class', hostile], 2, /class: expected a class that is there \(worker-01\), got "\\"; rm -rf \/ #"/],
    [['--url', 'http://ai.example.org'], 2, /http:\/\/ai\.example\.org: others on the way could read the invite/],
    [['--url', 'ftp://x'], 2, /--url: expected a web address, got "ftp:\/\/x"/],
    [['--url', 'https://127.0.0.1:1'], 3, /no orchestrator answers at https:\/\/127\.0\.0\.1:1/],
  ];
  for (const [argv, code, message] of cases) {
    const [found, line = ''] = await said(...argv);
    assert.equal(found, code);
    assert.match(String(line), message);
  }
  assert.equal(await leavesNothing(place), true);
});

test('hostile names and addresses stay data in every line', async (t) => {
  const { invite, offer } = await inviting(t);
  offer({ 'install.sh': telling });
  const name = `$(touch /tmp/x)';"\`id\` %s \\`;
  const created = await invite('--name', name);
  assert.deepEqual([created.name, created.command.includes('touch')], [name, false]);
  const joining = { token: 'mi_t', pin: 'sha256//p', installer: null, authority: 'PEM\nlines\n' };
  const url = `http://h/'$(id)'`;
  const docker = dockerLine({ ...joining, url }, 'muster-agent:1');
  const { stdout } = await shellSays('sh', `docker() { for w; do printf '<%s>' "$w"; done; printf '\\n'; }; ${docker}`);
  assert.equal(
    stdout,
    [
      '<run><--rm><-i><-v><muster-agent:/var/lib/muster><--entrypoint><sh><muster-agent:1><-c>',
      `<umask 077&&read -r t&&printf '%s\\n' "$t">invite&&cat >ca.crt>\n`,
      '<run><-d><--init><--restart><unless-stopped><--name><muster-agent><-v><muster-agent:/var/lib/muster>',
      `<-e><MUSTER_ORCHESTRATOR_URL=${url}><-e><MUSTER_INVITE_FILE=/var/lib/muster/invite>`,
      '<-e><MUSTER_CA_FILE=/var/lib/muster/ca.crt><muster-agent:1>\n',
    ].join(''),
  );
  const variables = variableLines({ ...joining, url });
  const read = await shellSays(
    'sh',
    `${variables}\nprintf '%s|%s|%s' "$MUSTER_ORCHESTRATOR_URL" "$MUSTER_INVITE" "$MUSTER_PIN"`,
  );
  assert.equal(read.stdout, `${url}|mi_t|sha256//p`);
});

test('the authority of the cluster goes with the invite, and is not asked for where there is none', async (t) => {
  const { bench, ca, invite, muster, offer } = await inviting(t);
  offer({ 'install.sh': telling });
  const { token } = await invite('--format', 'env');
  assert.equal((await bench.client(token).get('/downloads/ca.crt')).text, ca.replaceAll('\r', ''));
  const another = await testAuthority('another');
  assert.notEqual(another.ca, ca);
  assert.match(
    (await muster('workers', 'invite', '--format', 'env')).stdout,
    /^MUSTER_ORCHESTRATOR_URL=https:.*\nMUSTER_INVITE=mi_\S{43}\nMUSTER_PIN=sha256\/\/\S+\n$/,
  );
});
