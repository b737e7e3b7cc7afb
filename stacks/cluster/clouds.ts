// What was decided about the clouds that the spec names?
import { cloudDefaults } from '../spec/defaults-pools.ts';
import type { CloudSpec, ClusterSpec } from '../spec/types.ts';
import type { Cloud, CloudName, CloudNetwork } from './types.ts';

function networkOf({ network = cloudDefaults.network, subnets = [] }: CloudSpec): CloudNetwork {
  return network === 'new' || network === 'default' ? { kind: network } : { kind: 'named', name: network, subnets };
}

function cloudOf(name: CloudName, spec: CloudSpec, project: string | null): Cloud {
  const { by, url, instance, certificate } = spec.orchestrator;
  return {
    name,
    project,
    orchestrator: { by, url: url ?? null, instance: instance ?? null, certificate: certificate ?? null },
    network: networkOf(spec),
    logDays: spec.logDays ?? cloudDefaults.logDays,
    alertsTo: spec.alertsTo ?? null,
  };
}

/** Sorted by name. */
export function cloudsOf({ clouds = {} }: ClusterSpec): readonly Cloud[] {
  return [
    ...(clouds.aws === undefined ? [] : [cloudOf('aws', clouds.aws, null)]),
    ...(clouds.gcp === undefined ? [] : [cloudOf('gcp', clouds.gcp, clouds.gcp.project)]),
  ];
}
