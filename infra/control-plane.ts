// Which machine holds the control plane? The one that is named, or the cheapest with room for what it runs.
import type { Cluster } from '../stacks/cluster/types.ts';
import type { Cloud } from '../stacks/cluster/types-pools.ts';
import { controlPlane as clusterThere } from '../stacks/index.ts';
import { mistake } from '../stacks/spec/findings.ts';
import type { Finding } from '../stacks/spec/types.ts';
import { machines } from './catalog.ts';
import { priceOf } from './prices.ts';
import type { Machine, PriceTable } from './types.ts';

type Room = { readonly cpus: number; readonly memoryMiB: number };
type Control = { readonly machine: Machine | null; readonly findings: readonly Finding[] };

/** What the distribution takes, and the playbook while it sets the machine up. */
const system: Room = { cpus: 2, memoryMiB: 768 };

/** What the spec gives to each service, by the name that the catalog has for it. */
function roomOf({ orchestrator, stack }: Cluster, service: string): Room {
  const named: Readonly<Record<string, Room | null>> = {
    orchestrator,
    proxy: stack.proxy,
    prometheus: stack.prometheus,
    alertmanager: stack.alertmanager,
    'dask-scheduler': stack.dask,
    'open-webui': stack.openWebui,
  };
  const ollama = stack.ollama?.nodes.find((node) => node.service === service);
  return named[service] ?? ollama ?? { cpus: 0, memoryMiB: 0 };
}

/** Memory is given, so that it adds up. CPUs are what each may use at most: they share, and the largest must fit. */
function needs(cluster: Cluster, runs: readonly string[]): Room {
  const rooms = [system, ...runs.map((service) => roomOf(cluster, service))];
  return {
    cpus: Math.max(...rooms.map(({ cpus }) => cpus)),
    memoryMiB: rooms.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0),
  };
}

export function controlPlane(cluster: Cluster, cloud: Cloud, region: string, prices: PriceTable): Control {
  const { name, orchestrator } = cloud;
  const { by, instance, runs } = orchestrator;
  if (by !== 'control-plane') return { machine: null, findings: [] };
  const { cpus, memoryMiB } = needs(clusterThere(cluster, name), runs);
  const all = machines[name].filter((each) => each.cpus >= cpus && each.memoryMiB >= memoryMiB && each.gpu === null);
  const room = `${cpus} CPUs and ${Math.ceil(memoryMiB / 1024)} GiB`;
  const path = ['clouds', name, 'orchestrator', instance === null ? 'runs' : 'instance'];
  if (instance === null) {
    // What runs everywhere; who names another machine gets it.
    const usual = all.filter(({ architecture }) => architecture === 'x64');
    const priced = usual.flatMap((machine) => {
      const price = priceOf(prices, name, region, machine.type);
      return price === null ? [] : [{ machine, price: price.onDemand }];
    });
    const [cheapest] = priced.sort((a, b) => a.price - b.price);
    if (cheapest !== undefined) return { machine: cheapest.machine, findings: [] };
    const message = `expected what a machine of ${name} holds, got services that need ${room}`;
    return { machine: null, findings: [mistake(path, message, 'take some out of runs')] };
  }
  const named = all.find(({ type }) => type === instance);
  if (named !== undefined) return { machine: named, findings: [] };
  const message = `expected a known machine type with ${room}, got ${instance}`;
  return { machine: null, findings: [mistake(path, message, 'leave it out: the cheapest that fits is taken')] };
}
