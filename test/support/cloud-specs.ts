// Which specs with pools in a cloud does nobody write by hand? Each value of each key beside each of the others.
import { join } from 'node:path';
import { fleetOf } from '../../infra/fleet.ts';
import type { CloudInputs } from '../../infra/inputs.ts';
import { priceTable } from '../../infra/price-table.ts';
import type { CloudName } from '../../stacks/cluster/types.ts';
import { parseSpec, resolve } from '../../stacks/index.ts';
import { type Option, pairwise } from './pairwise.ts';
import { root } from './sources.ts';

const words = {
  aws: {
    ...{
      region: 'eu-west-1',
      zones: ['eu-west-1b', 'eu-west-1a'],
      network: 'vpc-0a1b2c3d',
      subnets: ['subnet-0a1b2c3d'],
    },
    ...{ image: 'ami-0a1b2c3d4e5f60718', type: 'g5.xlarge', small: 't3.medium' },
    certificate: 'arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef',
  },
  gcp: {
    ...{ region: 'europe-west1', zones: ['europe-west1-b'], network: 'shared', subnets: ['machines'] },
    ...{ image: 'projects/p-12345/global/images/family/f', type: 'n1-standard-4+nvidia-tesla-t4', small: 'e2-medium' },
    certificate: 'site',
  },
} as const;

/** Any files: what the control plane really fetches is built elsewhere. */
const files = ['package.json', 'tsconfig.json'].map((name) => ({ name: `0a1b-${name}`, path: join(root, name) }));

const hostile = { size: `$HOME \`id\` "q" 'q' {{ x }} \\ é`, 'a/b.c_d-e': ',=', no: 'NO' };

function options(cloud: CloudName): readonly Option[] {
  const w = words[cloud];
  const of = (name: string, values: readonly unknown[], needs: Option['needs'] = () => ({})): Option => ({
    name,
    values,
    needs,
  });
  const url = 'https://muster.example.org';
  const reaches = [
    { orchestrator: { by: 'control-plane' } },
    { orchestrator: { by: 'control-plane', certificate: w.certificate, url, instance: w.small, runs: [] } },
    { orchestrator: { by: 'public', url } },
    { orchestrator: { by: 'public', url }, network: 'default', ...(cloud === 'aws' && { logDays: 400 }) },
    { orchestrator: { by: 'control-plane' }, network: w.network, subnets: w.subnets },
    { orchestrator: { by: 'vpn', url: 'https://10.0.0.5:8443' }, network: w.network, subnets: w.subnets },
  ];
  const workers = [
    {},
    { cpus: 2, memory: '4GiB', drainGrace: '0s' },
    { cpus: 0.5, memory: '512MB', environment: { A: '$B' } },
    { cpus: 4, memory: '15GiB', gpus: 1, labels: hostile },
    { cpus: 40, memory: '100GiB', gpus: 4 },
    { cpus: 96, memory: '600GiB', gpus: 8 },
  ];
  const ifWritten =
    (needs: ReturnType<Option['needs']>): Option['needs'] =>
    (value) =>
      value === undefined ? {} : needs;
  const small = ifWritten({ worker: (worker) => worker === workers[1] });
  // Stopped machines are on demand and of one type.
  const warm = ifWritten({ spot: (spot) => spot === false, instances: (types) => types !== undefined });
  return [
    of('worker', workers),
    of('min', [undefined, 1]),
    of('max', [undefined, 40]),
    of('zones', [undefined, w.zones]),
    of('hostImage', [undefined, w.image]),
    of('disk', [undefined, '130GiB']),
    of('spot', [undefined, false, { share: 50, onDemandBase: 1 }, { fallbackAfter: '0s' }]),
    of('instances', [undefined, { [w.small]: 1 }], small),
    of('maxPrice', [undefined, 99]),
    of('idle', [undefined, '1h']),
    of('budget', [undefined, { day: 9000, month: 90_000 }]),
    of('bootDeadline', [undefined, '2h']),
    of('schedules', [
      undefined,
      [{ days: ['mon'], from: '08:00', to: '18:00', timeZone: 'Europe/Madrid', min: 1, max: 9 }],
    ]),
    of('reach', reaches),
    of('alertsTo', [undefined, 'ops@example.org']),
    of('second', [false, true]),
    ...(cloud === 'aws' ? [of('warm', [undefined, 1], warm)] : []),
  ];
}

/** Inputs of a program by the name of the spec that they come from; every one of them holds. */
export function cloudSpecs(cloud: CloudName): ReadonlyMap<string, CloudInputs> {
  const rows = pairwise(options(cloud)).map((row, index) => {
    const { reach, alertsTo, second, ...pool } = Object.fromEntries(row) as Record<string, unknown>;
    const project = cloud === 'gcp' ? { project: 'my-project' } : {};
    const written = { provider: cloud, region: words[cloud].region, ...pool };
    const more = second === true ? { 'b-2': { provider: cloud, region: words[cloud].region } } : {};
    const pools = { p: written, ...more };
    const clouds = { [cloud]: { ...project, ...(reach as object), ...(alertsTo !== undefined && { alertsTo }) } };
    const { spec, problems } = parseSpec(JSON.stringify({ name: 'lab', pools, clouds }), 'cluster.yaml');
    if (spec === null) throw new Error(JSON.stringify(problems));
    const { fleet, findings } = fleetOf(resolve(spec), cloud, priceTable);
    if (fleet === null) throw new Error(JSON.stringify(findings));
    const isHere = fleet.controlPlane !== null;
    const inputs: CloudInputs = {
      fleet,
      classTokens: Object.fromEntries(fleet.groups.map((group) => [group.pool, `canary-${group.pool}`])),
      controlSecrets: isHere ? { 'admin/key': 'canary-admin', 'authority/ca.key': 'canary-authority' } : {},
      controlFiles: isHere ? files : [],
      workerData: (group) => `#cloud-config ${JSON.stringify(group.name)}`,
      controlData: (at) => `#cloud-config ${JSON.stringify(at)}`,
    };
    return [`options-${index + 1}`, inputs] as const;
  });
  return new Map(rows);
}
