// What must a cloud be told? The pools of a cluster as groups, the same plain values for every cloud; it only translates.

import type { Cluster } from '../stacks/cluster/types.ts';
import type { Cloud, CloudName, Pool } from '../stacks/cluster/types-pools.ts';
import { mistake } from '../stacks/spec/findings.ts';
import type { Finding } from '../stacks/spec/types.ts';
import { machines } from './catalog.ts';
import { fitting } from './fit.ts';
import { priceOf } from './prices.ts';
import type { Decided, Fleet, Group, Machine, PriceTable } from './types.ts';

/** What the orchestrator, its proxy and its backups need. */
const controlPlaneNeeds = { cpus: 2, memoryMiB: 2048 };

function groupOf(
  cluster: Cluster,
  pool: Pool,
  prices: PriceTable,
): { readonly group: Group | null; readonly findings: readonly Finding[] } {
  const { cloud } = pool;
  if (cloud === null) return { group: null, findings: [] };
  const { machines: found, findings } = fitting(pool, cloud, prices);
  if (found.length === 0) return { group: null, findings };
  const group: Group = {
    pool: pool.name,
    name: `${cluster.name}-${pool.name}`,
    region: cloud.region,
    zones: cloud.zones,
    min: pool.min,
    max: Math.max(pool.max, ...pool.schedules.map(({ max }) => max)),
    machines: found,
    spot: cloud.spot,
    maxPrice: cloud.maxPrice,
    hostImage: cloud.hostImage,
    diskGiB: Math.ceil(cloud.diskMiB / 1024),
    warm: cloud.warm,
    idleSeconds: pool.idleSeconds,
    bootDeadlineSeconds: pool.bootDeadlineSeconds,
    drainSeconds: pool.worker.drainSeconds,
    labels: pool.worker.labels,
    budget: cloud.budget,
    tags: { 'muster-cluster': cluster.name, 'muster-pool': pool.name },
  };
  return { group, findings };
}

type Control = { readonly machine: Machine | null; readonly findings: readonly Finding[] };

const holdsControl = ({ cpus, memoryMiB }: Machine): boolean =>
  cpus >= controlPlaneNeeds.cpus && memoryMiB >= controlPlaneNeeds.memoryMiB;

/** The machine that is named, or the cheapest that holds the control plane. */
function controlPlane({ name, orchestrator }: Cloud, region: string, prices: PriceTable): Control {
  const { by, instance } = orchestrator;
  if (by !== 'control-plane') return { machine: null, findings: [] };
  const all = machines[name].filter(holdsControl);
  if (instance === null) {
    const priced = all.flatMap((machine) => {
      const price = priceOf(prices, name, region, machine.type);
      return price === null ? [] : [{ machine, price: price.onDemand }];
    });
    return { machine: priced.sort((a, b) => a.price - b.price)[0]?.machine ?? null, findings: [] };
  }
  const named = all.find(({ type }) => type === instance);
  if (named !== undefined) return { machine: named, findings: [] };
  const path = ['clouds', name, 'orchestrator', 'instance'];
  const message = `expected a known machine type with 2 CPUs and 2 GiB, got ${instance}`;
  return { machine: null, findings: [mistake(path, message, 'leave it out: the cheapest that fits is taken')] };
}

/**
 * Everything that a cloud is told about a cluster. Null with no pool there, or with an error among the findings, which
 * name the keys of the spec.
 */
export function fleetOf(cluster: Cluster, name: CloudName, prices: PriceTable): Decided {
  const cloud = cluster.clouds.find((each) => each.name === name);
  const pools = cluster.pools.filter((pool) => pool.cloud?.cloud === name);
  const region = pools[0]?.cloud?.region;
  if (cloud === undefined || region === undefined) return { fleet: null, findings: [] };
  const groups = pools.map((pool) => groupOf(cluster, pool, prices));
  const control = controlPlane(cloud, region, prices);
  const findings = [...groups.flatMap((each) => each.findings), ...control.findings];
  if (findings.some(({ severity }) => severity === 'error')) return { fleet: null, findings };
  const fleet: Fleet = {
    cloud: name,
    cluster: cluster.name,
    project: cloud.project,
    region,
    reach: cloud.orchestrator,
    controlPlane: control.machine,
    network: cloud.network,
    logDays: cloud.logDays,
    alertsTo: cloud.alertsTo,
    groups: groups.flatMap(({ group }) => group ?? []),
  };
  return { fleet, findings };
}
