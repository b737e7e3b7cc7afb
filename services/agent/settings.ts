// How was the agent told to run? Flags before MUSTER_* variables before the names of older workers before defaults.
import { parseArgs } from 'node:util';
import { isPublicHost } from '../../stacks/drivers/plain-http.ts';
import type { Inherit } from './core/environment.ts';

export type Settings = {
  readonly orchestratorUrl: URL;
  /** Authorities that alone may have signed the orchestrator's certificate; null: those that every machine knows. */
  readonly caFile: string | null;
  readonly name: string | null;
  /** A file with the secret of the class or the worker's own token; null when `token` holds it. */
  readonly tokenFile: string | null;
  readonly token: string | null;
  /** A file with an invite, which is exchanged for a token of our own; null when there is a secret or a token. */
  readonly inviteFile: string | null;
  readonly class: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly cpus: number | null;
  readonly memoryMiB: number | null;
  readonly gpus: 'auto' | 'none' | number;
  /** Bad ends in a row from which on it tells that it keeps failing. */
  readonly maxRestartAttempts: number;
  readonly drainSeconds: number;
  /** Beyond the drain, for results that the orchestrator has not acknowledged: it may be restarting too. */
  readonly reportSeconds: number;
  /** The agent's folder: identity, jobs and unsent results. */
  readonly state: string;
  readonly health: { readonly host: string; readonly port: number };
  /** Names of variables that jobs get as well. */
  readonly jobEnvironment: readonly string[];
  readonly jobInherit: Inherit;
  readonly isolation: 'auto' | 'process-group';
  readonly verbose: boolean;
};

type Environment = Readonly<Record<string, string | undefined>>;
export type Parsed =
  | { readonly kind: 'run'; readonly settings: Settings; readonly warnings: readonly string[] }
  | { readonly kind: 'health'; readonly health: Settings['health']; readonly state: string }
  /** The agent of this folder has ended: note it. */
  | { readonly kind: 'ended'; readonly state: string; readonly limit: number }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** Variable names and flags by setting, the strongest first. */
const sources = {
  url: {
    flags: ['orchestrator-url', 'server-url'],
    env: ['MUSTER_ORCHESTRATOR_URL', 'SIMPLETUNER_ORCHESTRATOR_URL', 'SERVER_URL'],
  },
  caFile: { flags: [], env: ['MUSTER_CA_FILE'] },
  plainHttp: { flags: [], env: ['MUSTER_ALLOW_PLAIN_HTTP'] },
  name: { flags: ['name', 'worker-id'], env: ['MUSTER_WORKER_NAME', 'SIMPLETUNER_WORKER_NAME', 'WORKER_ID'] },
  tokenFile: { flags: ['token-file'], env: ['MUSTER_TOKEN_FILE'] },
  token: { flags: ['worker-token'], env: ['MUSTER_WORKER_TOKEN', 'SIMPLETUNER_WORKER_TOKEN'] },
  invite: { flags: [], env: ['MUSTER_INVITE_FILE'] },
  class: { flags: [], env: ['MUSTER_WORKER_CLASS'] },
  labels: { flags: [], env: ['MUSTER_LABELS'] },
  cpus: { flags: [], env: ['MUSTER_CPUS'] },
  memory: { flags: [], env: ['MUSTER_MEMORY_MIB'] },
  gpus: { flags: [], env: ['MUSTER_GPUS'] },
  restarts: { flags: [], env: ['MUSTER_MAX_RESTART_ATTEMPTS'] },
  drain: { flags: [], env: ['MUSTER_DRAIN_SECONDS'] },
  report: { flags: [], env: ['MUSTER_REPORT_SECONDS'] },
  state: { flags: [], env: ['MUSTER_STATE'] },
  health: { flags: [], env: ['MUSTER_HEALTH'] },
  jobEnvironment: { flags: [], env: ['MUSTER_JOB_ENVIRONMENT'] },
  jobInherit: { flags: [], env: ['MUSTER_JOB_INHERIT'] },
  isolation: { flags: [], env: ['MUSTER_ISOLATION'] },
} as const satisfies Record<string, { flags: readonly string[]; env: readonly string[] }>;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const options = {
  'orchestrator-url': text,
  'server-url': text,
  name: text,
  'worker-id': text,
  'token-file': text,
  'worker-token': text,
  verbose: { ...flag, short: 'v' },
  help: { ...flag, short: 'h' },
  version: flag,
} as const;

/** Pure: what the words and variables mean, or everything that is wrong with them. */
export const parseSettings = (argv: readonly string[], env: Environment): Parsed => {
  let flags: Readonly<Record<string, string | boolean | undefined>>;
  let words: readonly string[];
  try {
    ({ values: flags, positionals: words } = parseArgs({ args: [...argv], options, allowPositionals: true }));
  } catch (error) {
    return { kind: 'problems', problems: [(error as Error).message] };
  }
  if (flags.help) return { kind: 'help' };
  if (flags.version) return { kind: 'version' };

  const problems: string[] = [];
  const warnings: string[] = [];
  /** The first source that is set, and its name for messages. An empty variable counts as not set. */
  const raw = (key: keyof typeof sources): { value: string; from: string } | null => {
    const { flags: named, env: variables } = sources[key];
    const byFlag = named.find((name) => typeof flags[name] === 'string');
    if (byFlag !== undefined) return { value: String(flags[byFlag]), from: `--${byFlag}` };
    const variable = variables.find((name) => env[name]);
    return variable === undefined ? null : { value: env[variable] ?? '', from: variable };
  };
  const setting = <T>(
    key: keyof typeof sources,
    fallback: T,
    expected: string,
    parse: (value: string) => T | undefined,
  ): T => {
    const found = raw(key);
    if (found === null) return fallback;
    const value = parse(found.value);
    if (value === undefined) problems.push(`${found.from}: expected ${expected}, got ${JSON.stringify(found.value)}`);
    return value ?? fallback;
  };
  const number = (from: number, whole: boolean) => (value: string) => {
    const parsed = Number(value);
    return value.trim() !== '' && Number.isFinite(parsed) && parsed >= from && (!whole || Number.isInteger(parsed))
      ? parsed
      : undefined;
  };
  const oneOf =
    <T extends string>(...values: readonly T[]) =>
    (value: string) =>
      values.find((one) => one === value);

  const health = setting('health', { host: '127.0.0.1', port: 50_052 }, 'host:port', (value) => {
    const [, host = '', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(value) ?? [];
    const named = host.replace(/^\[|\]$/g, '') || '127.0.0.1';
    return port !== '' && Number(port) <= 65_535 ? { host: named, port: Number(port) } : undefined;
  });
  const home = env.HOME ? `${env.HOME}/.local/state/muster-agent` : '';
  const state = setting('state', home, 'a folder', (value) => value);
  if (state === '') problems.push('MUSTER_STATE: expected a folder, and there is no HOME to put one in');
  const maxRestartAttempts = setting('restarts', 3, 'a whole number of ends above 0', number(1, true));
  // Whatever else is wrong may be why it ended.
  if (words[0] === 'ended' && words.length === 1 && state !== '')
    return { kind: 'ended', state, limit: maxRestartAttempts };
  if (words.length > 1 || (words.length === 1 && words[0] !== 'health')) {
    problems.push(`expected no word but "health", got ${words.map((word) => JSON.stringify(word)).join(' ')}`);
  }
  if (words[0] === 'health' && problems.length === 0) return { kind: 'health', health, state };

  const url = setting<URL | null>('url', null, 'a URL such as http://127.0.0.1:8080', (value) => {
    const parsed = URL.parse(value);
    return parsed && ['http:', 'https:'].includes(parsed.protocol) && !parsed.username ? parsed : undefined;
  });
  if (url === null && raw('url') === null)
    problems.push('MUSTER_ORCHESTRATOR_URL: expected the URL of the orchestrator, got nothing');
  const mayBePlain = setting('plainHttp', false, '1 or 0', (value) => ({ 1: true, 0: false })[value]);
  if (url?.protocol === 'http:' && isPublicHost(url.hostname) && !mayBePlain)
    problems.push(
      `${raw('url')?.from}: expected https:// for a public address, got ${JSON.stringify(url.href)}, where others could ` +
        'read the token; serve it with TLS, or set MUSTER_ALLOW_PLAIN_HTTP=1',
    );
  const caFile = raw('caFile')?.value ?? null;
  if (caFile !== null && url?.protocol === 'http:')
    warnings.push('MUSTER_CA_FILE is not used: without https:// there is no certificate');
  const tokenFile = raw('tokenFile')?.value ?? null;
  const token = tokenFile === null ? raw('token') : null;
  if (token?.from === '--worker-token') {
    warnings.push('--worker-token shows the token to every user of this machine: use --token-file');
  }
  const inviteFile = tokenFile === null && token === null ? (raw('invite')?.value ?? null) : null;
  if (tokenFile === null && token === null && inviteFile === null)
    problems.push('MUSTER_TOKEN_FILE: expected a file with the secret of the class or a token, got nothing');

  const settings = {
    orchestratorUrl: url as URL,
    caFile,
    name: raw('name')?.value ?? null,
    tokenFile,
    token: token?.value ?? null,
    inviteFile,
    class: raw('class')?.value ?? null,
    labels: setting<Readonly<Record<string, string>>>('labels', {}, 'a JSON object of strings', (value) => {
      const parsed = parseJson(value);
      const fine = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
      return fine && Object.values(parsed).every((one) => typeof one === 'string')
        ? (parsed as Record<string, string>)
        : undefined;
    }),
    cpus: setting<number | null>('cpus', null, 'a number of CPUs above 0', number(0.01, false)),
    memoryMiB: setting<number | null>('memory', null, 'a whole number of MiB above 0', number(1, true)),
    gpus: setting<Settings['gpus']>(
      'gpus',
      'auto',
      'auto, none or a count',
      (value) => oneOf('auto', 'none')(value) ?? number(0, true)(value),
    ),
    maxRestartAttempts,
    drainSeconds: setting('drain', 30, 'a number of seconds', number(0, false)),
    // The grace of every target is 15 s longer than the drain.
    reportSeconds: setting('report', 11, 'a number of seconds', number(0, false)),
    state,
    health,
    jobEnvironment: setting('jobEnvironment', [] as readonly string[], 'names', (value) =>
      value.split(/[\s,]+/).filter(Boolean),
    ),
    jobInherit: setting<Inherit>('jobInherit', 'clean', 'clean or image', oneOf('clean', 'image')),
    isolation: setting<Settings['isolation']>(
      'isolation',
      'auto',
      'auto or process-group',
      oneOf('auto', 'process-group'),
    ),
    verbose: flags.verbose === true,
  };
  return problems.length > 0 ? { kind: 'problems', problems } : { kind: 'run', settings, warnings };
};

const parseJson = (value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
};
