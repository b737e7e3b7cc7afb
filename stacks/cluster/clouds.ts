// What was decided about the clouds that the spec names?
import { cloudDefaults } from '../spec/defaults-pools.ts';
import { rackServices } from '../spec/rack-services.ts';
import type { CloudSpec, ClusterSpec } from '../spec/types.ts';
import { byText } from './decide.ts';
import type { Cloud, CloudName, CloudNetwork, Reach } from './types.ts';

function networkOf({ network = cloudDefaults.network, subnets = [] }: CloudSpec): CloudNetwork {
  return network === 'new' || network === 'default' ? { kind: network } : { kind: 'named', name: network, subnets };
}

/** Where the proxy passes on to the orchestrator. */
const behindProxy = '/muster';

/** Nothing works without these. */
const core: readonly string[] = ['orchestrator', 'proxy'];
const usual: readonly string[] = ['prometheus', 'alertmanager'];

function reachOf({ orchestrator: { by, url, instance, certificate, runs } }: CloudSpec, spec: ClusterSpec): Reach {
  const there = rackServices(spec).map(({ name }) => name);
  const more = runs ?? usual.filter((name) => there.includes(name));
  const isHere = by === 'control-plane';
  return {
    by,
    url: url === undefined ? null : isHere ? `${new URL(url).origin}${behindProxy}` : url,
    instance: instance ?? null,
    certificate: certificate ?? null,
    runs: isHere ? [...new Set([...core, ...more])].sort(byText) : [],
  };
}

function cloudOf(name: CloudName, block: CloudSpec, project: string | null, spec: ClusterSpec): Cloud {
  return {
    name,
    project,
    orchestrator: reachOf(block, spec),
    network: networkOf(block),
    logDays: block.logDays ?? cloudDefaults.logDays,
    alertsTo: block.alertsTo ?? null,
  };
}

/** A name that only the network of the cloud knows. */
export const privateName = (cluster: string): string => `orchestrator.${cluster}.muster.internal`;

/** Where machines of the cloud call. */
export const orchestratorUrl = (cluster: string, { url }: Reach): string =>
  url ?? `https://${privateName(cluster)}${behindProxy}`;

/** How the cloud knows the token of a pool's class; known before anything is made there. */
export function tokenSecret(cluster: string, cloud: CloudName, project: string | null, pool: string): string {
  return cloud === 'aws' ? `${cluster}/${pool}/token` : `projects/${project}/secrets/${cluster}-${pool}-token`;
}

/** Where the cloud keeps what machines of a pool say: a log group, or the one log of Muster in a project. */
export function logName(cluster: string, cloud: CloudName, project: string | null, pool: string): string {
  return cloud === 'aws' ? `/muster/${cluster}/${pool}` : `projects/${project}/logs/muster`;
}

/** Sorted by name. */
export function cloudsOf(spec: ClusterSpec): readonly Cloud[] {
  const { aws, gcp } = spec.clouds ?? {};
  return [
    ...(aws === undefined ? [] : [cloudOf('aws', aws, null, spec)]),
    ...(gcp === undefined ? [] : [cloudOf('gcp', gcp, gcp.project, spec)]),
  ];
}
