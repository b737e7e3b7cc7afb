// Can machines of a cloud be made as its block says, and reach the orchestrator?
import { certificateRegion, orchestrator } from './checks-clouds-reach.ts';
import { mistake, mistakenKey, warning } from './findings.ts';
import type { ClusterSpec, Finding } from './types.ts';

/** One network, one control plane and one stack of Pulumi for each cloud. */
function oneRegion({ pools = {} }: ClusterSpec, cloud: 'aws' | 'gcp'): readonly Finding[] {
  const here = Object.entries(pools).filter(([, { provider, region }]) => provider === cloud && region !== undefined);
  const [[first, { region: wanted }] = ['', {}]] = here as [string, { region?: string }][];
  return here.flatMap(([name, { region }]) => {
    if (region === wanted) return [];
    const message = `expected ${wanted}, where pool ${first} is, got ${region}`;
    return [mistake(['pools', name, 'region'], message, 'write the same region, or another cluster.yaml for it')];
  });
}

/** Clouds put more around names: a group of Google has 63 characters at most, with `-agent` behind it. */
function lengths({ name, pools = {} }: ClusterSpec, cloud: 'aws' | 'gcp'): readonly Finding[] {
  if (name.length > longest.cluster) {
    const message = `expected at most ${longest.cluster} characters with pools in a cloud, got ${name.length}`;
    return [mistake(['name'], message, 'shorten the name')];
  }
  return Object.entries(pools).flatMap(([pool, { provider }]) => {
    const both = `${name}-${pool}`.length;
    if (provider !== cloud || both <= longest.group) return [];
    const message = `expected at most ${longest.group} characters with the name of the cluster before it, got ${both}`;
    return [mistakenKey(['pools', pool], message, 'shorten the name of the pool or of the cluster')];
  });
}

const longest = { cluster: 40, group: 57 };

/** A rule of its firewall names at most so many accounts, and each pool has one. */
const mostOnGoogle = 10;

/** Google has groups of machines of one kind: those on demand of `a` are the group `a-od`. */
function groupsOfGoogle({ pools = {} }: ClusterSpec): readonly Finding[] {
  const names = Object.keys(pools).filter((name) => pools[name]?.provider === 'gcp');
  const crowd = `expected at most ${mostOnGoogle} pools in gcp, got ${names.length}`;
  const found =
    names.length > mostOnGoogle ? [mistake(['pools'], crowd, 'write another cluster.yaml for the rest')] : [];
  const taken = names.filter((name) => name.endsWith('-od') && names.includes(name.slice(0, -'-od'.length)));
  const message = (name: string): string =>
    `expected a name of its own, got that of the machines on demand of pool ${name.slice(0, -'-od'.length)}`;
  return [...found, ...taken.map((name) => mistakenKey(['pools', name], message(name), 'rename the pool'))];
}

/** `asked`: a pool is in it. */
export function checkCloud(spec: ClusterSpec, cloud: 'aws' | 'gcp', asked: boolean): readonly Finding[] {
  const block = spec.clouds?.[cloud];
  const path = ['clouds', cloud];
  if (block === undefined) {
    if (!asked) return [];
    const project = cloud === 'gcp' ? 'project: my-project, ' : '';
    const remedy = `add clouds: {${cloud}: {${project}orchestrator: {by: control-plane}}}`;
    return [mistake(['clouds'], `expected ${cloud}, which pools are in, got nothing`, remedy)];
  }
  const found = [...orchestrator(spec, block.orchestrator, [...path, 'orchestrator'])];
  const { network = 'new', subnets } = block;
  const own = network !== 'new' && network !== 'default';
  if (own && cloud === 'aws' && !network.startsWith('vpc-')) {
    found.push(
      mistake([...path, 'network'], `expected new, default or vpc-…, got ${network}`, 'write the id of the VPC'),
    );
  }
  if (own !== (subnets !== undefined)) {
    const message = own ? `expected subnets of ${network}, got none` : `expected no subnets with network: ${network}`;
    const remedy = own ? 'add subnets: [...], private ones with a way out' : 'remove subnets';
    found.push(own ? mistake(path, message, remedy) : mistakenKey([...path, 'subnets'], message, remedy));
  }
  if (own && cloud === 'aws' && block.orchestrator.certificate !== undefined) {
    const message = `expected a network with public subnets for the load balancer, got subnets of ${network}`;
    found.push(mistakenKey([...path, 'network'], message, 'write network: new, or leave certificate out'));
  }
  if (cloud === 'gcp' && block.logDays !== undefined) {
    const message = 'expected no logDays in gcp, where the log of the project keeps for 30 days, got one';
    found.push(mistakenKey([...path, 'logDays'], message, 'remove it'));
  }
  if (block.orchestrator.by === 'vpn' && network === 'new') {
    const message = 'expected a network that the VPN reaches, got new';
    found.push(mistake(path, message, 'add network: and subnets: of the network with the VPN'));
  }
  found.push(
    ...oneRegion(spec, cloud),
    ...lengths(spec, cloud),
    ...(cloud === 'aws' ? certificateRegion : groupsOfGoogle)(spec),
  );
  if (!asked) found.push(warning(path, `no pool is in ${cloud}`, 'remove the block, or add a pool'));
  return found;
}
