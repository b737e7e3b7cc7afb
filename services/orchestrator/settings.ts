// What was the orchestrator told by its environment? All that is wrong with it is said at once.

import { z } from 'zod';
import { Labels } from '../protocol/index.ts';
import type { Times } from '../scheduling/index.ts';
import { problemsOf } from './problems.ts';

/** A class of workers: one secret opens up to `maxReplicas` sessions, each with a name and a token of its own. */
export const WorkerClass = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected a DNS label, such as worker-01'),
  maxReplicas: z.int().min(1).max(10_000),
  labels: Labels.default({}),
});
export type WorkerClass = z.infer<typeof WorkerClass>;

export type Settings = {
  readonly host: string;
  readonly port: number;
  /** Folder of the store, the blobs and the logs. */
  readonly stateFolder: string;
  /** Folder with `admin`, `metrics` (optional) and `classes/<class>/token`. */
  readonly secretsFolder: string;
  readonly classes: readonly WorkerClass[];
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
    stateFolder: env.MUSTER_STATE || '/var/lib/muster',
    secretsFolder: env.MUSTER_SECRETS || '/run/muster/secrets',
    classes: parseClasses(env.MUSTER_CLASSES || '[]', problems),
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

const parseClasses = (text: string, problems: string[]): WorkerClass[] => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    problems.push('MUSTER_CLASSES: expected JSON, a list of {"name", "maxReplicas", "labels"}');
    return [];
  }
  const result = z.array(WorkerClass).safeParse(value);
  if (!result.success) {
    for (const { path, message } of result.error.issues.flatMap(problemsOf))
      problems.push(`MUSTER_CLASSES/${path}: ${message}`);
    return [];
  }
  const names = result.data.map((each) => each.name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  for (const name of new Set(repeated)) problems.push(`MUSTER_CLASSES: the class ${name} is there twice`);
  return result.data;
};
