// How does a pool become managed instance groups? One of spot machines, one on demand where those mix; both end by name.
import { compute } from '@pulumi/gcp';
import type { Group } from '../types.ts';
import { mayLog, mayOnGroups } from './identity.ts';
import type { Place } from './place.ts';
import { makeTemplate, type Parts, partsOf } from './template.ts';

type Form = { readonly suffix: '' | '-od'; readonly isSpot: boolean; readonly min: number };

/** A group has one way of paying: a base on demand, or falling back to it, is a group of its own. */
function formsOf({ min, spot }: Group): readonly Form[] {
  if (spot === null) return [{ suffix: '', isSpot: false, min }];
  const onDemand = Math.min(min, spot.onDemandBase);
  const mixes = spot.onDemandBase > 0 || spot.sharePercent < 100 || spot.fallbackSeconds !== null;
  const second: Form = { suffix: '-od', isSpot: false, min: onDemand };
  return [{ suffix: '', isSpot: true, min: min - onDemand }, ...(mixes ? [second] : [])];
}

/** Other types that the group may take. A card that is attached stands in the template: then there is one type. */
function flexibility({ machines }: Group) {
  const types = machines.map(({ type }) => partsOf(type));
  const machineTypes = types.flatMap(([type, card]) => (card === null ? [type] : []));
  if (machineTypes.length < 2 || types[0]?.[1] != null) return {};
  const instanceSelections = machineTypes.map((type, rank) => ({ name: `rank-${rank}`, rank, machineTypes: [type] }));
  return { instanceFlexibilityPolicy: { instanceSelections } };
}

export function makeGroups(place: Place, parts: Parts): readonly compute.RegionInstanceGroupManager[] {
  const { group, account } = parts;
  const { options, project, region } = place;
  const forms = formsOf(group);
  mayLog(place, group.pool, account);
  mayOnGroups(place, group.pool, account);
  const check = new compute.RegionHealthCheck(
    `${group.pool}-agent`,
    {
      ...{ name: `${group.name}-agent`, project, region, checkIntervalSec: 30, timeoutSec: 10 },
      ...{ healthyThreshold: 1, unhealthyThreshold: 10, tcpHealthCheck: { port: 50052 } },
      logConfig: { enable: true },
    },
    options,
  );
  return forms.map(({ isSpot, min, suffix }) => {
    const template = makeTemplate(place, `${group.pool}${suffix}`, parts, isSpot);
    return new compute.RegionInstanceGroupManager(
      `${group.pool}${suffix}`,
      {
        ...{
          name: `${group.name}${suffix}`,
          baseInstanceName: `${group.name}${suffix}`.slice(0, 50).replace(/-+$/, ''),
          project,
          region,
        },
        ...flexibility(group),
        distributionPolicyTargetShape: 'ANY',
        ...(group.zones.length > 0 && { distributionPolicyZones: [...group.zones] }),
        targetSize: min,
        versions: [{ instanceTemplate: template.selfLinkUnique }],
        autoHealingPolicies: { healthCheck: check.id, initialDelaySec: Math.min(3600, group.bootDeadlineSeconds + 60) },
        updatePolicy: {
          ...{ type: 'OPPORTUNISTIC', minimalAction: 'REPLACE', instanceRedistributionType: 'NONE' },
          // Not fewer than the zones are.
          ...{ maxSurgeFixed: 0, maxUnavailableFixed: Math.max(3, group.zones.length) },
        },
        waitForInstances: false,
      },
      // The orchestrator owns how many there are, from the first minute on.
      {
        ...options,
        ignoreChanges: ['targetSize'],
        dependsOn: [...options.dependsOn, ...parts.ready, ...parts.network.wayOut],
      },
    );
  });
}
