// How does the rack of cluster.yaml come in line with it? Write, make, then what the playbook does, and what is next.
import type { Cluster, Playbook, RackHost } from '../../index.ts';
import type { DeployOptions } from '../deploy.ts';
import { counted, self } from '../output.ts';
import { homeOf, rememberUrl } from '../place.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { findAnsible } from './ansible.ts';
import { provideRack, writeRack } from './files.ts';
import type { Run } from './playbook.ts';
import { carryOut, type Print, type RackOutcome, sayTo } from './work.ts';

export async function deployRack(io: Io, options: DeployOptions, print: Print): Promise<RackOutcome> {
  const say = sayTo(print);
  const playbook: Playbook = options.uninstall === true ? 'uninstall' : 'site';
  const program = await findAnsible(io, say);
  const cluster = await writeRack(io, say);
  const run = { program, limit: namedHosts(cluster, options.limit ?? []), folder: 'build/rack', variables: {} };
  if (playbook === 'site') await provideRack(io, cluster, say);
  print(head(cluster, run.limit, playbook));
  const question = playbook === 'site' ? 'apply?' : 'take Muster and its data off these hosts?';
  const nothing = `muster: the rack "${cluster.name}" is as it should be, nothing to change`;
  const outcome = await carryOut(io, { playbook, run, nothing, question }, options, print);
  if (outcome.end === 'done' && outcome.changed > 0) for (const line of next(io, cluster, playbook)) print(line);
  return outcome;
}

function namedHosts({ rack }: Cluster, limit: readonly string[]): Run['limit'] {
  const known = rack.hosts.map(({ name }) => name);
  const stranger = limit.find((name) => !known.includes(name));
  if (stranger === undefined) return limit;
  throw new Failure(
    exitCodes.badInput,
    `--limit: the rack has no host ${JSON.stringify(stranger)}`,
    `choose from: ${known.join(' ')}`,
  );
}

function head({ name, rack }: Cluster, limit: readonly string[], playbook: Playbook): string {
  const hosts = limit.length > 0 ? limit : rack.hosts.map((host) => host.name);
  const what = playbook === 'site' ? '' : '   to be taken off';
  return `rack "${name}" (${counted(hosts.length, 'host')}: ${hosts.join(' ')})${what}`;
}

/** Its certificate names this machine too. */
function wayIn({ address, sshAddress, sshPort, user }: RackHost, port: number): string {
  return `ssh -fN -p ${sshPort} -L ${port}:${address}:${port} ${user}@${sshAddress}`;
}

function next(io: Io, { name, orchestrator, rack }: Cluster, playbook: Playbook): readonly string[] {
  if (playbook === 'uninstall') return [`muster: the hosts are as they were; the secrets stay in ${homeOf(io)}`];
  const host = rack.hosts.find(({ runs }) => runs.includes('orchestrator'));
  if (host === undefined) return [`muster: the rack "${name}" is up`];
  const { port } = orchestrator;
  const url = `https://${rack.network === null ? host.address : 'localhost'}:${port}`;
  rememberUrl(homeOf(io), url);
  return [
    `muster: the rack "${name}" is up (${url})`,
    ...(rack.network === null ? [] : [`it answers in its private network alone; the way there:  ${wayIn(host, port)}`]),
    `next:  ${self} workers list    ${self} jobs submit -- hostname    ${self} deploy rack --check`,
  ];
}
