// What must hold for an autoscaling group?
import { listAt, mapAt, type Resource, textAt, unless } from './resource.ts';

/** How a group says what it starts: by several types, or by its template alone. */
function mix({ props }: Resource): readonly string[] {
  const policy = mapAt(props.mixedInstancesPolicy);
  const hasPolicy = props.mixedInstancesPolicy !== undefined;
  const { instancesDistribution, launchTemplate } = policy;
  const { onDemandPercentageAboveBaseCapacity: share, spotAllocationStrategy } = mapAt(instancesDistribution);
  const template = hasPolicy ? mapAt(launchTemplate).launchTemplateSpecification : props.launchTemplate;
  const version = textAt(mapAt(template).version);
  return [
    ...unless(
      !hasPolicy || spotAllocationStrategy === 'price-capacity-optimized',
      'spot must be price-capacity-optimized',
    ),
    ...unless(
      !(Number(share) < 100) || props.capacityRebalance === true,
      'a group with spot must have capacityRebalance',
    ),
    ...unless(template !== undefined, 'a group must say which template it starts'),
    ...unless(!version.startsWith('$'), `the version of the template must be a number, got ${version}`),
    ...unless(!hasPolicy || props.warmPool === undefined, 'AWS refuses a warm pool beside several types'),
  ];
}

export function group(resource: Resource): readonly string[] {
  const { props } = resource;
  const hooks = listAt(props.initialLifecycleHooks).map(mapAt);
  const has = (transition: string): boolean =>
    hooks.some(
      (hook) => textAt(hook.lifecycleTransition).endsWith(transition) && typeof hook.heartbeatTimeout === 'number',
    );
  return [
    ...mix(resource),
    ...unless(has('LAUNCHING') && has('TERMINATING'), 'hooks with a time limit must wait at launch and at the end'),
    ...unless(typeof props.maxSize === 'number' && props.maxSize <= 1000, 'a group must have a maximum'),
    ...unless(props.protectFromScaleIn === true, 'machines must end by name: protectFromScaleIn'),
  ];
}
