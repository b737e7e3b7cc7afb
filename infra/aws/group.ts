// How does a pool become an autoscaling group? Machines of several types that end only by name.
import { autoscaling, type ec2 } from '@pulumi/aws';
import type { Group } from '../types.ts';
import type { Network } from './network.ts';
import type { Place } from './place.ts';
import { makeTemplate, type Parts } from './template.ts';

/** What a hook takes, in seconds. */
const clamp = (seconds: number): number => Math.min(7200, Math.max(30, seconds));

/** After its deadline a machine gives itself back, and tries that more than once. The group would replace it instead. */
const graceSeconds = 300;

/** A hook that waits longer than a machine needs; what comes of it without an answer is the safe thing. */
const hooks = ({ bootDeadlineSeconds, drainSeconds }: Group) => [
  {
    ...{ name: 'muster-launch', lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING', defaultResult: 'ABANDON' },
    heartbeatTimeout: clamp(bootDeadlineSeconds + graceSeconds),
  },
  {
    ...{
      name: 'muster-terminate',
      lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      defaultResult: 'CONTINUE',
    },
    heartbeatTimeout: clamp(drainSeconds + 60),
  },
];

/** In the zones of the pool, or in all of the network. */
function subnetsOf({ pool, zones }: Group, { subnets }: Network) {
  const there = zones.length === 0 ? subnets : subnets.filter(({ zone }) => zones.includes(zone));
  if (there.length === 0) throw new Error(`pool ${pool}: the network has no subnet in ${zones.join(', ')}`);
  return there.map(({ id }) => id);
}

/** The number and not $Latest: otherwise a new template would refresh nothing (AWS7). */
const versionOf = (template: ec2.LaunchTemplate) => template.latestVersion.apply(String);

/** Several types, bought as the pool says. Weights only where one differs: AWS counts in them. */
function mixed({ machines, maxPrice, spot }: Group, template: ec2.LaunchTemplate) {
  const cap = maxPrice === null || spot === null ? {} : { spotMaxPrice: String(maxPrice) };
  const isWeighted = machines.some(({ weight }) => weight !== 1);
  return {
    mixedInstancesPolicy: {
      instancesDistribution: {
        onDemandBaseCapacity: spot?.onDemandBase ?? 0,
        onDemandPercentageAboveBaseCapacity: 100 - (spot?.sharePercent ?? 0),
        onDemandAllocationStrategy: 'lowest-price',
        spotAllocationStrategy: 'price-capacity-optimized',
        ...cap,
      },
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: template.id, version: versionOf(template) },
        overrides: machines.map(({ type, weight }) => ({
          instanceType: type,
          ...(isWeighted && { weightedCapacity: String(weight) }),
        })),
      },
    },
  };
}

/** AWS refuses stopped machines beside a policy of several types. With both equal, the number of them stands still. */
const warm = (count: number, template: ec2.LaunchTemplate) => ({
  launchTemplate: { id: template.id, version: versionOf(template) },
  warmPool: { poolState: 'Stopped', minSize: count, maxGroupPreparedCapacity: count },
});

export function makeGroup(place: Place, parts: Parts): autoscaling.Group {
  const { group, network } = parts;
  const template = makeTemplate(place, parts);
  return new autoscaling.Group(
    group.pool,
    {
      name: group.name,
      minSize: group.min,
      maxSize: group.max,
      desiredCapacity: group.min,
      vpcZoneIdentifiers: subnetsOf(group, network),
      capacityRebalance: group.spot !== null,
      protectFromScaleIn: true,
      // It would end machines that work, to spread the rest.
      suspendedProcesses: ['AZRebalance'],
      healthCheckType: 'EC2',
      healthCheckGracePeriod: group.bootDeadlineSeconds,
      waitForCapacityTimeout: '0',
      initialLifecycleHooks: hooks(group),
      ...(group.warm > 0 ? warm(group.warm, template) : mixed(group, template)),
      // Protected machines too end with their group.
      forceDelete: true,
      forceDeleteWarmPool: true,
      tags: Object.entries({ ...place.tags, ...group.tags, Name: group.name }).map(([key, value]) => ({
        ...{ key, value },
        propagateAtLaunch: true,
      })),
    },
    // The orchestrator owns how many there are, from the first minute on.
    { ...place.options, ignoreChanges: ['desiredCapacity'], dependsOn: [parts.token, ...network.wayOut] },
  );
}
