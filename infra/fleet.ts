// What must a cloud be told? The pools of a cluster as groups, the same plain values for every cloud; it only translates.

import type { Cluster } from '../stacks/cluster/types.ts';
import type { CloudName, Pool } from '../stacks/cluster/types-pools.ts';
import { logName, orchestratorUrl, tokenSecret } from '../stacks/index.ts';
import type { Finding } from '../stacks/spec/types.ts';
import { controlPlane } from './control-plane.ts';
import { fitting } from './fit.ts';
import type { Decided, Fleet, Group, PriceTable } from './types.ts';

function groupOf(
  cluster: Cluster,
  pool: Pool,
  prices: PriceTable,
  project: string | null,
): { readonly group: Group | null; readonly findings: readonly Finding[] } {
  const { cloud } = pool;
  if (cloud === null) return { group: null, findings: [] };
  const { machines: found, findings } = fitting(pool, cloud, prices);
  if (found.length === 0) return { group: null, findings };
  const group: Group = {
    pool: pool.name,
    name: `${cluster.name}-${pool.name}`,
    tokenSecret: tokenSecret(cluster.name, cloud.cloud, project, pool.name),
    log: logName(cluster.name, cloud.cloud, project, pool.name),
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

/**
 * Everything that a cloud is told about a cluster. Null with no pool there, or with an error among the findings, which
 * name the keys of the spec.
 */
export function fleetOf(cluster: Cluster, name: CloudName, prices: PriceTable): Decided {
  const cloud = cluster.clouds.find((each) => each.name === name);
  const pools = cluster.pools.filter((pool) => pool.cloud?.cloud === name);
  const region = pools[0]?.cloud?.region;
  if (cloud === undefined || region === undefined) return { fleet: null, findings: [] };
  const groups = pools.map((pool) => groupOf(cluster, pool, prices, cloud.project));
  const control = controlPlane(cluster, cloud, region, prices);
  const findings = [...groups.flatMap((each) => each.findings), ...control.findings];
  if (findings.some(({ severity }) => severity === 'error')) return { fleet: null, findings };
  const fleet: Fleet = {
    cloud: name,
    cluster: cluster.name,
    project: cloud.project,
    region,
    reach: cloud.orchestrator,
    url: orchestratorUrl(cluster.name, cloud.orchestrator),
    controlPlane: control.machine,
    network: cloud.network,
    logDays: cloud.logDays,
    alertsTo: cloud.alertsTo,
    groups: groups.flatMap(({ group }) => group ?? []),
  };
  return { fleet, findings };
}
