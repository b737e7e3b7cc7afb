// What is the cluster when single hosts were installed beside those that the spec names?
import type { RackHostSpec } from '../spec/types.ts';
import { byText } from './decide.ts';
import { namesHosts, rackOf } from './rack.ts';
import type { Cluster, RackHost } from './types.ts';

/** A host that `muster install` set up; kept in a file of Muster's home. */
export type InstalledHost = Required<Pick<RackHostSpec, 'address' | 'user' | 'sshPort' | 'runs'>> & {
  readonly name: string;
};

/** The hosts that the spec names, and those. What it does not name, nobody runs. */
export function withInstalled(cluster: Cluster, installed: readonly InstalledHost[]): Cluster {
  const written = namesHosts(cluster) ? cluster.rack.hosts : [];
  const asksAuthority = cluster.stack.proxy?.tls.kind === 'acme';
  const runsOf = ({ runs }: InstalledHost): readonly string[] =>
    asksAuthority && runs.includes('proxy') ? [...new Set([...runs, 'certificates'])] : runs;
  const specs = installed.map((host) => {
    const { name, ...spec } = host;
    return [name, { ...spec, runs: runsOf(host) }] as const;
  });
  const { hosts } = rackOf({ name: cluster.name, rack: { hosts: Object.fromEntries(specs) } });
  const added: readonly RackHost[] = installed.length > 0 ? hosts : [];
  return {
    ...cluster,
    rack: { ...cluster.rack, hosts: [...written, ...added].sort((a, b) => byText(a.name, b.name)) },
  };
}
