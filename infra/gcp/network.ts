// In which network do the machines lie? One of its own without a way in, that of the project, or a named one.
import { compute, type serviceaccount } from '@pulumi/gcp';
import type { Input, Resource } from '@pulumi/pulumi';
import type { Fleet } from '../types.ts';
import type { Place } from './place.ts';

export type Network = {
  readonly network: Input<string>;
  readonly subnetwork: Input<string>;
  /** Without these a machine that boots finds no way out. */
  readonly wayOut: readonly Resource[];
};

/** Where health checks and load balancers of Google come from (cloud.google.com/load-balancing/docs/firewall-rules). */
export const probes: readonly string[] = ['35.191.0.0/16', '130.211.0.0/22'];

const range = '10.202.0.0/20';
const flowLogs = { aggregationInterval: 'INTERVAL_10_MIN', flowSampling: 0.5, metadata: 'INCLUDE_ALL_METADATA' };

/** Machines have no address outside: what they fetch goes through here. */
function makeNat({ cluster, options, project, region }: Place, network: Input<string>): Resource {
  const router = new compute.Router('nat', { name: `${cluster}-nat`, project, region, network }, options);
  return new compute.RouterNat(
    'nat',
    {
      ...{ name: `${cluster}-nat`, project, region, router: router.name },
      natIpAllocateOption: 'AUTO_ONLY',
      sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
      logConfig: { enable: true, filter: 'ERRORS_ONLY' },
    },
    options,
  );
}

function ownNetwork(place: Place): Network {
  const { cluster, options, project, region } = place;
  const network = new compute.Network('network', { name: cluster, project, autoCreateSubnetworks: false }, options);
  const subnetwork = new compute.Subnetwork(
    'machines',
    {
      ...{ name: `${cluster}-machines`, project, region, network: network.id, ipCidrRange: range },
      privateIpGoogleAccess: true,
      logConfig: flowLogs,
    },
    options,
  );
  return { network: network.id, subnetwork: subnetwork.id, wayOut: [makeNat(place, network.id)] };
}

/** The default network of a project has no way out for machines without an address; one with a name brings its own. */
function theNetwork(place: Place, { network }: Fleet): Network {
  if (network.kind === 'new') return ownNetwork(place);
  const { project, region } = place;
  const isNamed = network.kind === 'named';
  const link = `projects/${project}/global/networks/${isNamed ? network.name : 'default'}`;
  const subnet = isNamed ? (network.subnets[0] ?? '') : 'default';
  return {
    network: link,
    subnetwork: `projects/${project}/regions/${region}/subnetworks/${subnet}`,
    wayOut: isNamed ? [] : [makeNat(place, link)],
  };
}

/** Nobody comes in to a worker but who asks whether it is well; by account, so that no tag opens a door. */
export function makeNetwork(place: Place, fleet: Fleet, accounts: readonly serviceaccount.Account[]): Network {
  const { cluster, options, project } = place;
  const made = theNetwork(place, fleet);
  new compute.Firewall(
    'workers',
    {
      ...{ name: `${cluster}-workers-in`, project, network: made.network, direction: 'INGRESS', priority: 900 },
      denies: [{ protocol: 'all' }],
      sourceRanges: ['0.0.0.0/0'],
      targetServiceAccounts: accounts.map(({ email }) => email),
      logConfig: { metadata: 'INCLUDE_ALL_METADATA' },
    },
    options,
  );
  new compute.Firewall(
    'health',
    {
      ...{ name: `${cluster}-workers-health`, project, network: made.network, direction: 'INGRESS', priority: 800 },
      allows: [{ protocol: 'tcp', ports: ['50052'] }],
      sourceRanges: [...probes],
      targetServiceAccounts: accounts.map(({ email }) => email),
      logConfig: { metadata: 'INCLUDE_ALL_METADATA' },
    },
    options,
  );
  return made;
}
