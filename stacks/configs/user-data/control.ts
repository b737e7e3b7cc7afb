// Which files make a machine of a cloud its control plane? Scripts, units and settings; nothing in them is a secret.
import type { CloudName } from '../../cluster/types.ts';
import { shellWord } from '../../formats/shell.ts';
import { awsFunctions } from './aws.ts';
import { awsControl } from './control-aws.ts';
import { controlScript, controlUnit, filesList, metadataUnit, unpackScript } from './control-boot.ts';
import { gcpControl } from './control-gcp.ts';
import { stateScript, stateUnit } from './control-state.ts';
import { gcpFunctions } from './gcp.ts';
import { metadataWall } from './units.ts';
import type { BootFile } from './worker.ts';

/** What the machine fetches: by its name in the bucket, to a path below its folder. */
export type FetchedFile = { readonly name: string; readonly path: string; readonly sha256: string };

export type ControlBoot = {
  readonly cloud: CloudName;
  readonly region: string;
  readonly bucket: string;
  /** The cloud's name of it. */
  readonly secret: string;
  /** Of its texts, each after its path. */
  readonly secretSha256: string;
  /** One of them is `control.tar`. */
  readonly files: readonly FetchedFile[];
  /** Units whose state lies on the disk that outlives the machine. */
  readonly services: readonly string[];
};

/** Units that are started, in this order. */
export const controlUnits: readonly string[] = ['muster-state.service', 'muster-control.service'];

const functions: Readonly<Record<CloudName, string>> = {
  aws: `${awsFunctions}${awsControl}`,
  gcp: `${gcpFunctions}${gcpControl}`,
};

const shared = `# Read by control.
set -a
. /etc/muster/cloud.env
set +a
say() { printf 'muster: %s\\n' "$*"; }
fail() { say "$*" >&2; exit 1; }
`;

function settings({ bucket, region, secret, secretSha256 }: ControlBoot): string {
  const values: Readonly<Record<string, string>> = {
    MUSTER_BUCKET: bucket,
    MUSTER_REGION: region,
    MUSTER_SECRET: secret,
    MUSTER_SECRET_SHA256: secretSha256,
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${shellWord(value)}\n`)
    .join('');
}

export function controlFiles(boot: ControlBoot): readonly BootFile[] {
  const file = (path: string, text: string): BootFile => ({ path, text, mode: '0644' });
  const script = (name: string, text: string): BootFile => ({
    ...file(`/usr/local/lib/muster/${name}`, text),
    mode: '0755',
  });
  const unit = (name: string, text: string): BootFile => file(`/etc/systemd/system/muster-${name}.service`, text);
  return [
    file('/etc/muster/cloud.env', settings(boot)),
    file(filesList, boot.files.map(({ name, path, sha256 }) => `${sha256} ${name} ${path}\n`).join('')),
    file('/etc/muster/metadata.nft', metadataWall),
    unit('control', controlUnit),
    unit('metadata', metadataUnit),
    unit('state', stateUnit(boot.services)),
    script('cloud', `${shared}${functions[boot.cloud]}`),
    script('control', controlScript),
    script('state', stateScript),
    script('unpack', unpackScript),
  ];
}
