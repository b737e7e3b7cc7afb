// What is the cluster on the control plane of a cloud? A rack of one machine that nobody reaches but by its proxy.
import { createHash } from 'node:crypto';
import { orchestratorUrl, privateName } from './clouds.ts';
import { proxyOf } from './proxy.ts';
import { onRack } from './rack.ts';
import type { CloudName, Cluster, RackHost, Reach, ReverseProxy } from './types.ts';

const loopback = '127.0.0.1';

function host({ runs }: Reach): RackHost {
  return {
    ...{ name: 'localhost', address: loopback, sshAddress: loopback, endpoint: null },
    ...{ user: 'root', sshPort: null, runs, engine: false, swarm: null },
  };
}

/** Machines call the first name; whoever comes through a tunnel calls it localhost. */
function proxyThere(cluster: Cluster, reach: Reach): ReverseProxy {
  const written = cluster.stack.proxy ?? proxyOf({}, cluster.name);
  const called = new URL(orchestratorUrl(cluster.name, reach)).hostname;
  const hosts = [called, privateName(cluster.name), 'localhost', ...written.hosts];
  return {
    ...written,
    ...{ hosts: [...new Set(hosts)], httpPort: 80, httpsPort: 443 },
    ...{ public: true, tls: { kind: 'local' } },
  };
}

/**
 * The pools stay known, so that their machines are admitted. Its hash says what this machine is, whatever others are.
 * Throws where the cloud has no control plane.
 */
export function controlPlane(cluster: Cluster, cloud: CloudName): Cluster {
  const reach = cluster.clouds.find(({ name }) => name === cloud)?.orchestrator;
  if (reach?.by !== 'control-plane') throw new Error(`${cluster.name} has no control plane in ${cloud}`);
  const rack = { network: null, hosts: [host(reach)] };
  const stack = { ...cluster.stack, proxy: proxyThere(cluster, reach) };
  const placed = onRack({ ...cluster, rack, stack });
  const told = [cluster.name, cluster.orchestrator, placed.stack, rack, cluster.version];
  return { ...placed, hash: createHash('sha256').update(JSON.stringify(told)).digest('hex') };
}
