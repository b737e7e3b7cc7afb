// Can machines of a cloud reach the orchestrator as its block says?
import { mistake, mistakenKey } from './findings.ts';
import { type RackService, rackServices } from './rack-services.ts';
import type { CloudSpec, ClusterSpec, Finding } from './types.ts';

const privateHost =
  /^https:\/\/(?:10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|[a-z0-9-]+(?::|\/|$)|[^/:]+\.(?:internal|local)(?::|\/|$))/;

/** Its models need cards and disks that no control plane has. */
const isModels = ({ path }: RackService): boolean => path.join('/').startsWith('services/ollama');

/** What stands in `runs` and is not there, or is a worker. */
function runs(spec: ClusterSpec, names: readonly string[], path: readonly string[]): readonly Finding[] {
  const known = rackServices(spec).filter((each) => !each.repeats && !isModels(each));
  const there = [...new Set(['proxy', ...known.map(({ name }) => name)])].sort();
  return names.flatMap((name, index) => {
    const at = [...path, String(index)];
    if (!there.includes(name)) {
      const message = `expected one of ${there.join(', ')}, got "${name}"`;
      return [mistake(at, message, 'remove it, or add it to the spec; workers come from the pools')];
    }
    if (names.indexOf(name) === index) return [];
    return [mistake(at, `expected each service once, got ${name} again`, 'remove one of the two')];
  });
}

/** Only a public name can stand in a certificate; the load balancer has port 443, the proxy the path /muster. */
const publicName = /^https:\/\/(?!\d+(?:\.\d+){3}(?:\/|$))[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/(?:muster\/?)?)?$/;

function controlPlane(spec: ClusterSpec, reach: CloudSpec['orchestrator'], path: readonly string[]): Finding[] {
  const { certificate, runs: names = [], url } = reach;
  const isAws = path.includes('aws');
  const found = [...runs(spec, names, [...path, 'runs'])];
  const example = 'https://muster.example.org';
  if (certificate === undefined && url !== undefined) {
    const message = 'expected no url with by: control-plane and without a certificate, got one';
    found.push(mistakenKey([...path, 'url'], message, 'remove it, or add the certificate for its name'));
  }
  if (certificate !== undefined && certificate.startsWith('arn:') !== isAws) {
    const message = `expected a certificate of this cloud, got ${certificate}`;
    found.push(mistake([...path, 'certificate'], message, isAws ? 'write its ARN in ACM' : 'write its name'));
  }
  if (certificate !== undefined && url === undefined) {
    const message = 'expected a url beside certificate, got none';
    found.push(mistake(path, message, `add url: ${example}: the name that the certificate is for`));
  }
  if (certificate !== undefined && url !== undefined && (!publicName.test(url) || privateHost.test(url))) {
    const message = `expected https:// with a public name, port 443 and no path but /muster, got ${url}`;
    found.push(mistake([...path, 'url'], message, `write ${example}, for example`));
  }
  return found;
}

export function orchestrator(
  spec: ClusterSpec,
  reach: CloudSpec['orchestrator'],
  path: readonly string[],
): readonly Finding[] {
  const { by, url } = reach;
  if (by === 'control-plane') return controlPlane(spec, reach, path);
  const found: Finding[] = [];
  for (const key of ['instance', 'certificate', 'runs'] as const) {
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

/** A load balancer shows only what lies in its region. */
export function certificateRegion({ clouds, pools = {} }: ClusterSpec): readonly Finding[] {
  const [, region] = /^arn:[a-z-]+:acm:([a-z0-9-]+):/.exec(clouds?.aws?.orchestrator.certificate ?? '') ?? [];
  const here = Object.values(pools).find((pool) => pool.provider === 'aws')?.region;
  if (region === undefined || here === undefined || region === here) return [];
  const message = `expected a certificate of ${here}, where the pools are, got one of ${region}`;
  return [mistake(['clouds', 'aws', 'orchestrator', 'certificate'], message, 'ask ACM for one there')];
}
