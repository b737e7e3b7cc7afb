// Which user data does nobody write by hand? That of pools in clouds, each value of each key beside each of the others.
import { type Offered, render, targets } from '../../stacks/index.ts';
import type { File } from '../../stacks/targets/types.ts';
import { type Option, pairwise } from './pairwise.ts';
import { clusterOf } from './specs.ts';

/** What an orchestrator could offer; no secret, and the same in every run. */
export const offered: Offered = {
  installerSha256: 'a'.repeat(64),
  agentSha256: 'b'.repeat(64),
  authority: `-----BEGIN CERTIFICATE-----\n${`${'x'.repeat(64)}\n`.repeat(10)}-----END CERTIFICATE-----\n`,
};

const words = {
  aws: {
    region: 'eu-west-1',
    certificate: 'arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef',
  },
  gcp: { region: 'europe-west1', certificate: 'site' },
} as const;

const hostile = { 'a/b.c_d-e': `$HOME \`id\` "q" 'q' {{ x }} \\ é, =`, no: 'NO' };
const url = 'https://muster.example.org:8443/muster';
const of = (name: string, ...values: readonly unknown[]): Option => ({ name, values, needs: () => ({}) });

const options: readonly Option[] = [
  of('cloud', 'aws', 'gcp'),
  of('name', 'p', `a${'-b1'.repeat(13)}`),
  of('cluster', 'lab', 'home-1'),
  of('reach', { by: 'control-plane' }, { by: 'public', url }, 'certificate'),
  of('worker', {}, { labels: hostile, drainGrace: '0s' }, { gpus: 8, cpus: 8, memory: '32GiB' }, { drainGrace: '2h' }),
  of('min', 0, 3),
  of('spot', undefined, false, { share: 50, onDemandBase: 2 }),
  of('idle', undefined, '1m', '9h'),
  of('bootDeadline', undefined, '2m', '2h'),
];

/** By name of the spec. */
export const cloudInitSpecs: ReadonlyMap<string, string> = new Map(
  pairwise(options).map((row, index) => {
    const { cloud, cluster, name, reach, ...pool } = Object.fromEntries(row) as Record<string, unknown>;
    const { certificate, region } = words[cloud as keyof typeof words];
    const shown = { by: 'control-plane', url: 'https://muster.example.org', certificate };
    const orchestrator = reach === 'certificate' ? shown : reach;
    const clouds = { [cloud as string]: { ...(cloud === 'gcp' && { project: 'my-project' }), orchestrator } };
    const pools = { [name as string]: { provider: cloud, region, max: 4, ...pool } };
    return [`options-${index + 1}`, JSON.stringify({ name: cluster, pools, clouds })];
  }),
);

export const cloudInitFiles = (spec: string): readonly File[] =>
  render(clusterOf(spec), [targets['cloud-init']], offered).files;
