// What was the orchestrator told by its environment? All that is wrong with it is said at once.

import { z } from 'zod';
import { Labels } from '../protocol/index.ts';
import type { Times } from '../scheduling/index.ts';
import { problemsOf } from './problems.ts';
import type { TlsFiles } from './tls/pair.ts';

/** A class of workers: one secret opens up to `maxReplicas` sessions, each with a name and a token of its own. */
export const WorkerClass = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected a DNS label, such as worker-01'),
  maxReplicas: z.int().min(1).max(10_000),
  labels: Labels.default({}),
});
export type WorkerClass = z.infer<typeof WorkerClass>;

/** An Ollama server whose state the metrics show. */
export const ModelNode = z.strictObject({
  node: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected a DNS label, such as ollama'),
  url: z.url({ protocol: /^https?$/, error: 'expected a URL such as http://ollama:11434' }),
});
export type ModelNode = z.infer<typeof ModelNode>;

export type Settings = {
  readonly host: string;
  readonly port: number;
  /** Null: it speaks plain HTTP. */
  readonly tls: TlsFiles | null;
  /** Folder of the store, the blobs and the logs. */
  readonly stateFolder: string;
  /** Folder with `admin`, `metrics/token` (optional) and `classes/<class>/token`. */
  readonly secretsFolder: string;
  readonly classes: readonly WorkerClass[];
  readonly modelNodes: readonly ModelNode[];
  /** Folder with the installer, the agent's executables and SHA256SUMS; null: it keeps what an admin brings. */
  readonly downloadsFolder: string | null;
  /** Where machines reach it from elsewhere; null when it was not told. */
  readonly publicUrl: string | null;
  readonly logLevel: string;
  readonly times: Times;
};

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings, or every problem as one line each: name, what was expected, what was found. */
export const parseSettings = (env: Environment): { settings: Settings | null; problems: string[] } => {
  const problems: string[] = [];

  const seconds = (name: string, fallback: number): number => {
    const text = env[name] ?? String(fallback);
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value <= 86_400) return Math.round(value * 1000);
    problems.push(`${name}: expected seconds from 0.001 to 86400, got ${JSON.stringify(text)}`);
    return fallback * 1000;
  };

  const listen = env.MUSTER_LISTEN || '127.0.0.1:8080';
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
  if (host === '' || Number(port) > 65_535)
    problems.push(`MUSTER_LISTEN: expected host:port, such as 127.0.0.1:8080, got ${JSON.stringify(listen)}`);

  const logLevel = env.MUSTER_LOG_LEVEL || 'info';
  if (!logLevels.includes(logLevel))
    problems.push(`MUSTER_LOG_LEVEL: expected one of ${logLevels.join(' ')}, got ${JSON.stringify(logLevel)}`);

  const heartbeatMs = seconds('MUSTER_HEARTBEAT_SECONDS', 30);
  const ttlMs = seconds('MUSTER_LEASE_TTL_SECONDS', 120);
  if (heartbeatMs * 3 > ttlMs)
    problems.push('MUSTER_HEARTBEAT_SECONDS: expected at most a third of MUSTER_LEASE_TTL_SECONDS');

  const settings: Settings = {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
    tls: parseTls(env, problems),
    stateFolder: env.MUSTER_STATE || '/var/lib/muster',
    secretsFolder: env.MUSTER_SECRETS || '/run/muster/secrets',
    classes: parseList(WorkerClass, 'MUSTER_CLASSES', '{"name", "maxReplicas", "labels"}', 'name', env, problems),
    modelNodes: parseList(ModelNode, 'MUSTER_OLLAMA_URLS', '{"node", "url"}', 'node', env, problems),
    downloadsFolder: env.MUSTER_DOWNLOADS || null,
    publicUrl: parseUrl('MUSTER_PUBLIC_URL', env, problems),
    logLevel,
    times: {
      heartbeatMs,
      ttlMs,
      graceMs: seconds('MUSTER_GRACE_SECONDS', 15),
      marginMs: Math.round(Math.min(10_000, ttlMs / 4)),
      acceptMs: seconds('MUSTER_ACCEPT_SECONDS', 10),
      backoffBaseMs: seconds('MUSTER_BACKOFF_BASE_SECONDS', 1),
      backoffMaxMs: 300_000,
    },
  };
  return { settings: problems.length > 0 ? null : settings, problems };
};

/** A web address without anything behind its path, and without a slash at its end. */
const parseUrl = (name: string, env: Environment, problems: string[]): string | null => {
  const text = env[name];
  if (!text) return null;
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash)
    return url.href.replace(/\/+$/, '');
  problems.push(`${name}: expected a web address such as https://ai.example.org/muster, got ${JSON.stringify(text)}`);
  return null;
};

const parseTls = (env: Environment, problems: string[]): TlsFiles | null => {
  const { MUSTER_TLS_CERT_FILE: certificateFile, MUSTER_TLS_KEY_FILE: keyFile } = env;
  if (certificateFile && keyFile) return { certificateFile, keyFile };
  if (certificateFile)
    problems.push(
      'MUSTER_TLS_KEY_FILE: expected the file with the key of MUSTER_TLS_CERT_FILE, got nothing; set both or neither',
    );
  if (keyFile)
    problems.push(
      'MUSTER_TLS_CERT_FILE: expected the file with the certificate of MUSTER_TLS_KEY_FILE, got nothing; set both or neither',
    );
  return null;
};

/** The variable `name` as JSON: a list of `Item`, no two of which are equal in `key`. */
const parseList = <Item extends z.ZodType, Key extends keyof z.infer<Item>>(
  item: Item,
  name: string,
  shape: string,
  key: Key,
  env: Environment,
  problems: string[],
): z.infer<Item>[] => {
  let value: unknown;
  try {
    value = JSON.parse(env[name] || '[]');
  } catch {
    problems.push(`${name}: expected JSON, a list of ${shape}`);
    return [];
  }
  const result = z.array(item).safeParse(value);
  if (!result.success) {
    for (const { path, message } of result.error.issues.flatMap(problemsOf))
      problems.push(`${name}/${path}: ${message}`);
    return [];
  }
  const keys = result.data.map((each) => each[key]);
  const repeated = keys.filter((each, index) => keys.indexOf(each) !== index);
  for (const each of new Set(repeated)) problems.push(`${name}: ${String(each)} is there twice`);
  return result.data;
};
