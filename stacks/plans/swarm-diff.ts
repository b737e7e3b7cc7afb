// How does a service as it should be differ from the one that runs? Paths and values, without what an engine fills in.
import type { Spec } from './types.ts';

export type Difference = { readonly path: string; readonly from: unknown; readonly to: unknown };

/** What engines write where a client left it out. */
const filledIn: Readonly<Record<string, unknown>> = {
  'TaskTemplate.Runtime': 'container',
  'TaskTemplate.ContainerSpec.Isolation': 'default',
  'EndpointSpec.Mode': 'vip',
};

/** Each thing under a name of its own, so that another order, or another id of the same thing, is no difference. */
function keyed(key: string, list: readonly unknown[], networkNames: ReadonlyMap<string, string>): unknown {
  const by = (name: (item: Record<string, unknown>) => string) =>
    Object.fromEntries(list.map((item) => [name(item as Record<string, unknown>), item]));
  switch (key) {
    case 'Env':
      return Object.fromEntries(
        list.map((line) => {
          const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(String(line)) ?? [];
          return [name, `=${value}`];
        }),
      );
    case 'Secrets':
    case 'Configs':
      return Object.fromEntries(
        list.map((item) => {
          const {
            ConfigID: _,
            SecretID: __,
            ...rest
          } = item as { ConfigID?: string; SecretID?: string; File: { Name: string } };
          return [rest.File.Name, rest];
        }),
      );
    case 'Networks':
      return by(({ Target }) => networkNames.get(String(Target)) ?? String(Target));
    case 'Mounts':
      return by(({ Target }) => String(Target));
    case 'Ports':
      return by(({ PublishedPort, TargetPort }) => `${PublishedPort}:${TargetPort}`);
    default:
      return null;
  }
}

function flatten(
  value: unknown,
  path: string,
  networkNames: ReadonlyMap<string, string>,
  into: Map<string, unknown>,
): Map<string, unknown> {
  // Absent, null, zero, empty and false are the same to an engine.
  if (!value || value === filledIn[path]) return into;
  if (Array.isArray(value)) {
    const named = keyed(path.split('.').at(-1) ?? '', value, networkNames);
    if (named !== null) return flatten(named, path, networkNames, into);
    if (value.length > 0) into.set(path, JSON.stringify(value));
    return into;
  }
  if (typeof value !== 'object') return into.set(path, value);
  for (const [key, child] of Object.entries(value)) {
    // A network is known by its name on one side and by its id on the other.
    if (key === 'Target' && path.startsWith('TaskTemplate.Networks.')) into.set(path, '');
    else flatten(child, path === '' ? key : `${path}.${key}`, networkNames, into);
  }
  return into;
}

/** `networkNames`: by id. What only repeats the image in a label of `docker stack deploy` is left out. */
export function differences(
  live: Spec,
  wanted: Spec,
  networkNames: ReadonlyMap<string, string>,
): readonly Difference[] {
  const [from, to] = [live, wanted].map((spec) => flatten(spec, '', networkNames, new Map())) as [
    Map<string, unknown>,
    Map<string, unknown>,
  ];
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((path) => from.get(path) !== to.get(path) && path !== 'Labels.com.docker.stack.image')
    .sort()
    .map((path) => ({ path, from: from.get(path), to: to.get(path) }));
}

/** Do tasks start anew? Where only their placement changed, those on nodes that still fit stay. */
export function restarts(all: readonly Difference[]): boolean {
  return all.some(({ path }) => /^(?:TaskTemplate\.(?!Placement\.)|EndpointSpec\.)/.test(path));
}
