// Are flags, variables and older names understood, and are all mistakes told at once?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import { parseSettings } from '../../../services/agent/settings.ts';
import { version } from '../../../services/agent/version.ts';

const enough = { HOME: '/home/u', MUSTER_ORCHESTRATOR_URL: 'http://o:8080', MUSTER_TOKEN_FILE: '/run/secrets/token' };

const settingsOf = (argv: string[], env: Record<string, string>) => {
  const parsed = parseSettings(argv, env);
  assert.equal(parsed.kind, 'run', JSON.stringify(parsed));
  return parsed.kind === 'run' ? parsed : assert.fail();
};

test('defaults fill what is not said', () => {
  const { orchestratorUrl, ...settings } = settingsOf([], enough).settings;
  assert.equal(orchestratorUrl.href, 'http://o:8080/');
  assert.deepEqual(settings, {
    caFile: null,
    name: null,
    tokenFile: '/run/secrets/token',
    token: null,
    inviteFile: null,
    class: null,
    labels: {},
    cpus: null,
    memoryMiB: null,
    gpus: 'auto',
    maxRestartAttempts: 3,
    drainSeconds: 30,
    reportSeconds: 11,
    state: '/home/u/.local/state/muster-agent',
    health: { host: '127.0.0.1', port: 50_052 },
    jobEnvironment: [],
    jobInherit: 'clean',
    isolation: 'auto',
    verbose: false,
  });
});

test('flags come before MUSTER_ variables, those before the names of older workers', () => {
  const env = { ...enough, MUSTER_WORKER_NAME: 'm', SIMPLETUNER_WORKER_NAME: 's', WORKER_ID: 'w' };
  const old = { HOME: '/h', SERVER_URL: 'https://s/', WORKER_ID: 'w', SIMPLETUNER_WORKER_TOKEN: 't' };
  const nameOf = (argv: string[], from: Record<string, string>) => settingsOf(argv, from).settings.name;
  assert.deepEqual(
    [
      nameOf(['--name', 'f'], env),
      nameOf(['--worker-id', 'i'], env),
      nameOf([], env),
      nameOf([], { ...env, MUSTER_WORKER_NAME: '' }),
      nameOf([], old),
    ],
    ['f', 'i', 'm', 's', 'w'],
  );
  assert.equal(settingsOf([], old).settings.orchestratorUrl.href, 'https://s/');
  assert.equal(settingsOf(['--server-url', 'http://x'], enough).settings.orchestratorUrl.href, 'http://x/');
  assert.equal(settingsOf([], old).settings.token, 't');
  assert.equal(settingsOf(['-v'], enough).settings.verbose, true);
});

test('a token as an argument is taken with a warning, and a file comes before it', () => {
  const { MUSTER_TOKEN_FILE: _, ...env } = enough;
  const byFlag = settingsOf(['--worker-token', 't'], env);
  assert.equal(byFlag.settings.token, 't');
  assert.equal(byFlag.warnings.length, 1);
  assert.equal(settingsOf(['--worker-token', 't'], enough).settings.token, null);
});

const wrong: [name: string, value: string, expected: string][] = [
  ['MUSTER_ORCHESTRATOR_URL', 'ftp://x', 'a URL such as http://127.0.0.1:8080'],
  ['MUSTER_ALLOW_PLAIN_HTTP', 'yes', '1 or 0'],
  ['MUSTER_LABELS', '{"a":1}', 'a JSON object of strings'],
  ['MUSTER_LABELS', '[]', 'a JSON object of strings'],
  ['MUSTER_CPUS', '0', 'a number of CPUs above 0'],
  ['MUSTER_MEMORY_MIB', '1.5', 'a whole number of MiB above 0'],
  ['MUSTER_GPUS', 'some', 'auto, none or a count'],
  ['MUSTER_DRAIN_SECONDS', '-1', 'a number of seconds'],
  ['MUSTER_MAX_RESTART_ATTEMPTS', '0', 'a whole number of ends above 0'],
  ['MUSTER_HEALTH', 'localhost', 'host:port'],
  ['MUSTER_HEALTH', 'x:70000', 'host:port'],
  ['MUSTER_JOB_INHERIT', 'all', 'clean or image'],
  ['MUSTER_ISOLATION', 'best', 'auto or process-group'],
];
for (const [name, value, expected] of wrong) {
  test(`${name}=${value} is refused with what was expected`, () => {
    const problems = [`${name}: expected ${expected}, got ${JSON.stringify(value)}`];
    assert.deepEqual(parseSettings([], { ...enough, [name]: value }), { kind: 'problems', problems });
  });
}

test('plain HTTP to a public address is refused unless it is allowed, whoever named the address', () => {
  const said = (name: string, url: string, more: Record<string, string> = {}) => {
    const { MUSTER_ORCHESTRATOR_URL: _, ...env } = enough;
    const parsed = parseSettings([], { ...env, [name]: url, ...more });
    return parsed.kind === 'problems' ? parsed.problems : [];
  };
  for (const name of ['MUSTER_ORCHESTRATOR_URL', 'SERVER_URL'])
    assert.deepEqual(said(name, 'http://ai.example.org/muster'), [
      `${name}: expected https:// for a public address, got "http://ai.example.org/muster", where others could read ` +
        'the token; serve it with TLS, or set MUSTER_ALLOW_PLAIN_HTTP=1',
    ]);
  assert.deepEqual(said('SERVER_URL', 'http://ai.example.org', { MUSTER_ALLOW_PLAIN_HTTP: '1' }), []);
  assert.deepEqual(said('SERVER_URL', 'https://ai.example.org'), []);
  for (const host of ['orchestrator:8080', '127.0.0.1:8081', '10.250.0.1:8080', 'host.docker.internal'])
    assert.deepEqual(said('MUSTER_ORCHESTRATOR_URL', `http://${host}`), [], host);
  const { status, stdout } = run([], { ...enough, MUSTER_ORCHESTRATOR_URL: 'http://203.0.113.7' });
  assert.deepEqual([status, stdout], [2, ''], 'before anything is sent');
});

test('an authority is taken by its file, and idle where there is no TLS', () => {
  const env = { ...enough, MUSTER_CA_FILE: '/etc/muster/ca.crt' };
  const { settings, warnings } = settingsOf([], { ...env, MUSTER_ORCHESTRATOR_URL: 'https://o:8080' });
  assert.deepEqual([settings.caFile, warnings], ['/etc/muster/ca.crt', []]);
  assert.deepEqual(settingsOf([], env).warnings, [
    'MUSTER_CA_FILE is not used: without https:// there is no certificate',
  ]);
});

const run = (args: string[], env: Record<string, string>) =>
  spawnSync(process.execPath, [join(import.meta.dirname, '../../../services/agent/main.ts'), ...args], {
    env,
    encoding: 'utf8',
  });

test('all problems are printed at once, with exit code 2', () => {
  const { status, stderr, stdout } = run([], { HOME: '/h', MUSTER_CPUS: 'many' });
  assert.deepEqual([status, stdout], [2, '']);
  assert.deepEqual(
    stderr.split('\n').filter((line) => line.startsWith('muster-agent:')),
    [
      'muster-agent: MUSTER_ORCHESTRATOR_URL: expected the URL of the orchestrator, got nothing',
      'muster-agent: MUSTER_TOKEN_FILE: expected a file with the secret of the class or a token, got nothing',
      'muster-agent: MUSTER_CPUS: expected a number of CPUs above 0, got "many"',
    ],
  );
});

test('--version is that of the repository, --help names each variable', () => {
  assert.equal(version, manifest.version);
  assert.equal(run(['--version'], {}).stdout, `${version}\n`);
  const { stdout } = run(['--help'], {});
  for (const name of ['MUSTER_ORCHESTRATOR_URL', 'MUSTER_CA_FILE', ...wrong.map(([one]) => one)])
    assert.ok(stdout.includes(name), name);
});

test('health where no agent has been is one sentence', () => {
  const { status, stderr } = run(['health'], { MUSTER_STATE: '/nowhere', MUSTER_HEALTH: '127.0.0.1:0' });
  assert.deepEqual([status, stderr], [1, 'muster-agent: no agent has been started on /nowhere\n']);
});

test('it refuses to be process 1 and says what to do', (t) => {
  const args = ['--pid', '--fork', process.execPath, join(import.meta.dirname, '../../../services/agent/main.ts')];
  const probe = spawnSync('unshare', ['--pid', '--fork', 'true']);
  if (probe.status !== 0) return t.skip('unshare may not make a PID namespace here');
  const { status, stderr } = spawnSync('unshare', args, { env: enough as never, encoding: 'utf8' });
  assert.equal(status, 3);
  assert.match(stderr, /process 1[\s\S]*--init[\s\S]*init: true/);
});
