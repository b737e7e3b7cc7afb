// Can machines of a cloud be made as its block says, and reach the orchestrator?
import { mistake, mistakenKey, warning } from './findings.ts';
import type { CloudSpec, ClusterSpec, Finding } from './types.ts';

const privateHost =
  /^https:\/\/(?:10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|[a-z0-9-]+(?::|\/|$)|[^/:]+\.(?:internal|local)(?::|\/|$))/;

function orchestrator({ orchestrator: reach }: CloudSpec, path: readonly string[]): readonly Finding[] {
  const found: Finding[] = [];
  const { by, url } = reach;
  if (by === 'control-plane') {
    if (url !== undefined) {
      const message = 'expected no url with by: control-plane, got one';
      found.push(mistakenKey([...path, 'url'], message, 'remove it: the load balancer gives the address'));
    }
    return found;
  }
  for (const key of ['instance', 'certificate'] as const) {
    if (reach[key] === undefined) continue;
    found.push(mistakenKey([...path, key], `expected by: control-plane here, got ${by}`, `remove ${key}`));
  }
  if (url === undefined) {
    const example = by === 'vpn' ? 'https://10.0.0.5:8443' : 'https://muster.example.org';
    return [...found, mistake(path, `expected a url with by: ${by}, got none`, `add url: ${example}, for example`)];
  }
  if (by === 'public' && privateHost.test(url)) {
    const message = `expected an address that a machine of the cloud reaches, got ${url}`;
    found.push(mistake([...path, 'url'], message, 'write its public name, or by: vpn'));
  }
  if (by === 'vpn' && !privateHost.test(url)) {
    const message = `expected a private address with by: vpn, got ${url}`;
    found.push(mistake([...path, 'url'], message, 'write the address inside the VPN, or by: public'));
  }
  return found;
}

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
  const found = [...orchestrator(block, [...path, 'orchestrator'])];
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
  if (block.orchestrator.by === 'vpn' && network === 'new') {
    const message = 'expected a network that the VPN reaches, got new';
    found.push(mistake(path, message, 'add network: and subnets: of the network with the VPN'));
  }
  found.push(...oneRegion(spec, cloud));
  if (!asked) found.push(warning(path, `no pool is in ${cloud}`, 'remove the block, or add a pool'));
  return found;
}
