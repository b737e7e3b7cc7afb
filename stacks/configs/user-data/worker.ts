// Which files make a rented machine a worker? Scripts, units and settings; nothing in them is a secret.
import type { CloudName } from '../../cluster/types.ts';
import { shellWord } from '../../formats/shell.ts';
import { awsFunctions, awsLog } from './aws.ts';
import { bootScript } from './boot.ts';
import { gcpFunctions, gcpLog } from './gcp.ts';
import { agentLines, bootUnit, metadataWall, needrestart, watchUnit } from './units.ts';
import { watchScript } from './watch.ts';

/** What a machine must be told. Its labels come with the class, from the orchestrator. */
export type WorkerBoot = {
  readonly cloud: CloudName;
  readonly region: string;
  readonly pool: string;
  /** As the cloud knows it. */
  readonly group: string;
  /** Machines that its group keeps, and one that is on demand beside it. */
  readonly min: { readonly group: number; readonly onDemand: number };
  /** Of the orchestrator. */
  readonly url: string;
  /** PEM of the authority that its certificate comes from; null: one that every machine knows. */
  readonly authority: string | null;
  /** The cloud's name of the secret with the token of the class. */
  readonly tokenSecret: string;
  /** The cloud's name of the log. */
  readonly log: string;
  /** SHA-256 (hex) of what the orchestrator offers. */
  readonly installerSha256: string;
  readonly agentSha256: string;
  readonly gpus: number;
  readonly bootDeadlineSeconds: number;
  /** Without a job and without contact for so long, the machine ends itself. */
  readonly aloneSeconds: number;
  /** For jobs, when the machine is taken away; then for their results. */
  readonly drainSeconds: number;
  readonly reportSeconds: number;
};

/** Absolute paths. */
export type BootFile = { readonly path: string; readonly text: string; readonly mode: '0644' | '0755' };

const functions: Readonly<Record<CloudName, string>> = {
  aws: `${awsFunctions}${awsLog}`,
  gcp: `${gcpFunctions}${gcpLog}`,
};

/** Health checks of Google come from outside; on AWS nobody asks from there. */
const health: Readonly<Record<CloudName, string>> = { aws: '127.0.0.1:50052', gcp: '0.0.0.0:50052' };

function settings(boot: WorkerBoot): string {
  const values: Readonly<Record<string, string>> = {
    MUSTER_AGENT_SHA256: boot.agentSha256,
    MUSTER_ALONE_SECONDS: String(boot.aloneSeconds),
    MUSTER_BOOT_SECONDS: String(boot.bootDeadlineSeconds),
    MUSTER_GPUS: boot.gpus === 0 ? 'none' : String(boot.gpus),
    MUSTER_GROUP: boot.group,
    MUSTER_HEALTH: health[boot.cloud],
    MUSTER_INSTALLER_SHA256: boot.installerSha256,
    MUSTER_LOG: boot.log,
    MUSTER_MIN: String(boot.min.group),
    MUSTER_MIN_ON_DEMAND: String(boot.min.onDemand),
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

# To the journal, and to the log of the cloud, which outlives the machine. The latter may fail, and is not waited for long.
say() {
  printf 'muster: %s\\n' "$*"
  printf '%s' "$*" | timeout 5 sh -c '. /usr/local/lib/muster/cloud; record' >/dev/null 2>&1 || :
}

fail() { say "$*" >&2; exit 1; }

# What comes by standard input, as it stands between the quotes of JSON
json_text() { tr -c '\\012\\040-\\176' '?' | sed 's/[\\\\"]/\\\\&/g; $!s/$/\\\\n/' | tr -d '\\n'; }
`;

export function workerFiles(boot: WorkerBoot): readonly BootFile[] {
  const readable = (path: string, text: string): BootFile => ({ path, text, mode: '0644' });
  const script = (name: string, text: string): BootFile => ({
    path: `/usr/local/lib/muster/${name}`,
    text,
    mode: '0755',
  });
  const units = '/etc/systemd/system';
  return [
    ...(boot.authority === null ? [] : [readable('/etc/muster/ca.crt', boot.authority)]),
    readable('/etc/muster/cloud.env', settings(boot)),
    readable('/etc/muster/metadata.nft', metadataWall),
    readable('/etc/needrestart/conf.d/muster.conf', needrestart),
    readable(`${units}/muster-agent.service.d/rented.conf`, agentLines(boot)),
    readable(`${units}/muster-boot.service`, bootUnit),
    readable(`${units}/muster-watch.service`, watchUnit),
    script('boot', bootScript),
    script('cloud', `${shared}${functions[boot.cloud]}`),
    script('watch', watchScript),
  ];
}
