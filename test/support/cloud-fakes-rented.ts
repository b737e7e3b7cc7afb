// How does a test rent machines of AWS? A group of the fake, whose machines are hosts of the lab.
import type { TestContext } from 'node:test';
import { userData } from '../../stacks/configs/user-data/rented.ts';
import type { WorkerBoot } from '../../stacks/configs/user-data/worker.ts';
import { afterTest } from '../services/orchestrator/support/cleanup.ts';
import { FakeAws } from './cloud-fakes.ts';
import { type Orchestrated, orchestrating } from './cloud-fakes-cluster.ts';
import { FakeGroup } from './cloud-fakes-group.ts';
import { powerOff } from './cloud-fakes-host.ts';
import { type Host, hostAddress, machineAddress } from './hosts-lab.ts';

export type Rented = Orchestrated & {
  readonly aws: FakeAws;
  /** Where it listens. */
  readonly port: number;
  readonly group: FakeGroup;
};

/** A group whose machines those hosts play: one that it ends is switched off. */
export const groupOf = (
  of: ConstructorParameters<typeof FakeGroup>[0],
  hosts: readonly Host[],
  nameOf: (index: number) => string,
): FakeGroup => {
  const group: FakeGroup = new FakeGroup(of, nameOf, (name) => {
    const host = hosts[group.machines.findIndex((machine) => machine.name === name)];
    if (host !== undefined) void powerOff(host);
  });
  return group;
};

export const renting = async (t: TestContext, hosts: readonly Host[], min: number): Promise<Rented> => {
  const cluster = await orchestrating(t, 'aws');
  const aws = new FakeAws();
  afterTest(t, () => aws.close());
  aws.secrets.set(cluster.boot.tokenSecret, cluster.token);
  aws.logs.groups.add(cluster.boot.log);
  const name = cluster.boot.group;
  const group = groupOf({ name, min, desired: hosts.length }, hosts, (index) => `i-0a1b2c3d4e5f6070${index}`);
  return { ...cluster, aws, group, port: await aws.listen(machineAddress) };
};

/** The next machine of the group is that host, with this user data. Its name. */
export function handOut({ aws, group }: Rented, host: Host, boot: WorkerBoot): string {
  const { name } = group.machines[aws.machines.size] as { readonly name: string };
  aws.machines.set(hostAddress(host), { instance: name, userData: userData(boot), group });
  return name;
}

/** What stands in the log of a machine, each text once: what fails is tried again. */
export const toldBy = ({ aws }: Rented, machine: string): readonly string[] => [
  ...new Set(aws.logs.lines.flatMap(({ from, text }) => (from === machine ? [text] : []))),
];

export const terminate = 'TerminateInstanceInAutoScalingGroup';

/** What the machine asked its group for, in order. */
export const asked = ({ aws }: Rented, machine: string): readonly string[] =>
  aws.calls
    .filter(({ from, what }) => from === machine && what !== 'user-data')
    .map(({ what, status }) => `${status} ${what}`);
