// Which files make a rented machine a worker? Scripts, units and settings; nothing in them is a secret.
import type { CloudName } from '../../cluster/types.ts';
import { shellWord } from '../../formats/shell.ts';
import { awsFunctions } from './aws.ts';
import { bootScript } from './boot.ts';
import { gcpFunctions } from './gcp.ts';
import { bootUnit, watchUnit } from './units.ts';
import { watchScript } from './watch.ts';

/** What a machine must be told; `labels` as `key=value` with commas between. */
export type WorkerBoot = {
  readonly cloud: CloudName;
  readonly region: string;
  readonly pool: string;
  /** As the cloud knows it. */
  readonly group: string;
  /** Of the orchestrator. */
  readonly url: string;
  /** PEM of the authority that its certificate comes from; null: one that every machine knows. */
  readonly authority: string | null;
  /** The cloud's name of the secret with the token of the class. */
  readonly tokenSecret: string;
  /** SHA-256 (hex) of what the orchestrator offers. */
  readonly installerSha256: string;
  readonly agentSha256: string;
  readonly gpus: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly bootDeadlineSeconds: number;
  /** Without a job and without contact for so long, the machine ends itself. */
  readonly aloneSeconds: number;
};

/** Absolute paths. */
export type BootFile = { readonly path: string; readonly text: string; readonly mode: '0644' | '0755' };

const functions: Readonly<Record<CloudName, string>> = { aws: awsFunctions, gcp: gcpFunctions };

/** Health checks of Google come from outside; on AWS nobody asks from there. */
const health: Readonly<Record<CloudName, string>> = { aws: '127.0.0.1:50052', gcp: '0.0.0.0:50052' };

function settings(boot: WorkerBoot): string {
  const labels = Object.entries(boot.labels).map(([key, value]) => `${key}=${value}`);
  const values: Readonly<Record<string, string>> = {
    MUSTER_AGENT_SHA256: boot.agentSha256,
    MUSTER_ALONE_SECONDS: String(boot.aloneSeconds),
    MUSTER_BOOT_SECONDS: String(boot.bootDeadlineSeconds),
    MUSTER_GPUS: String(boot.gpus),
    MUSTER_GROUP: boot.group,
    MUSTER_HEALTH: health[boot.cloud],
    MUSTER_INSTALLER_SHA256: boot.installerSha256,
    MUSTER_LABELS: labels.join(','),
    MUSTER_POOL: boot.pool,
    MUSTER_REGION: boot.region,
    MUSTER_TOKEN_SECRET: boot.tokenSecret,
    MUSTER_URL: boot.url,
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${shellWord(value)}\n`)
    .join('');
}

const shared = `# Read by boot and watch.
set -a
. /etc/muster/cloud.env
set +a
say() { printf 'muster: %s\\n' "$*"; }
fail() { say "$*" >&2; exit 1; }
`;

export function workerFiles(boot: WorkerBoot): readonly BootFile[] {
  const script = (name: string, text: string): BootFile => ({
    path: `/usr/local/lib/muster/${name}`,
    text,
    mode: '0755',
  });
  const unit = (name: string, text: string): BootFile => ({ path: `/etc/systemd/system/${name}`, text, mode: '0644' });
  return [
    ...(boot.authority === null ? [] : [{ path: '/etc/muster/ca.crt', text: boot.authority, mode: '0644' as const }]),
    { path: '/etc/muster/cloud.env', text: settings(boot), mode: '0644' },
    unit('muster-boot.service', bootUnit),
    unit('muster-watch.service', watchUnit),
    script('boot', bootScript),
    script('cloud', `${shared}${functions[boot.cloud]}`),
    script('watch', watchScript),
  ];
}
