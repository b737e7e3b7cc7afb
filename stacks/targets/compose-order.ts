// When does Compose start a service? In its profile, after what it needs.
import type { Dependency, Service } from '../catalog/types.ts';
import type { ComposeValue } from './containers/value.ts';

const conditions = {
  started: 'service_started',
  healthy: 'service_healthy',
  done: 'service_completed_successfully',
} as const;

/**
 * One-shots have none: whoever needs them starts them. A count of GPUs cannot be had everywhere, so what asks for one
 * stands in a profile of its own; the orchestrator in `local`, which an orchestrator elsewhere switches off.
 */
export function profilesOf({ gpus, local, profile, role }: Service): readonly string[] {
  if (role === 'one-shot') return [];
  if (local) return ['local'];
  return [gpus.kind === 'count' ? 'gpu' : profile];
}

/** Whether `other` is there whenever `service` is: Compose refuses to start what requires a service that is not. */
function comesAlong(other: Service, service: Service): boolean {
  const wanted = profilesOf(other);
  return wanted.length === 0 || profilesOf(service).every((profile) => wanted.includes(profile));
}

/** Those on services of this target, by name; null when there are none. */
export function dependencies(service: Service, all: readonly Service[]): ComposeValue {
  const entries = service.dependsOn.flatMap((dependency): readonly (readonly [string, ComposeValue])[] => {
    const other = all.find(({ name }) => name === dependency.service);
    return other === undefined ? [] : [[other.name, condition(dependency, comesAlong(other, service))]];
  });
  return entries.length === 0 ? null : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function condition({ optional, until }: Dependency, comes: boolean): ComposeValue {
  return { condition: conditions[until], ...((optional || !comes) && { required: false }) };
}
