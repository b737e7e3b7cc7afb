// What will a deploy change? One line for each thing, from what `docker stack deploy` would ask for and what runs.
import { differences } from './swarm-diff.ts';
import { changeText, effectText, replicasOf } from './swarm-words.ts';
import type { Spec, StackRequests, SwarmService } from './types.ts';

export type PlanLine = {
  /** `+` comes, `~` changes, `-` goes, `!` is done in another way than asked for, `=` is there, `·` is left out. */
  readonly mark: '+' | '~' | '-' | '!' | '=' | '·';
  readonly subject: string;
  readonly what: string;
  readonly effect: string;
};

export type DeployFacts = {
  /** The name of the stack. */
  readonly stack: string;
  readonly requests: StackRequests;
  readonly live: readonly SwarmService[];
  readonly networkNames: ReadonlyMap<string, string>;
  /** Names of secrets that are made first. */
  readonly secrets: readonly string[];
  /** Services whose image of the same name was built anew. */
  readonly rebuilt: readonly string[];
};

/** Several things of a kind take one line. */
function made(kind: string, names: readonly string[], effect: string): readonly PlanLine[] {
  if (names.length === 0) return [];
  const [subject, what] =
    names.length > 3
      ? [`${names.length} ${kind}s`, `${names[0]} …`]
      : [names.length === 1 ? kind : `${kind}s`, names.join(' ')];
  return [{ mark: '+', subject, what, effect }];
}

/** The engine counts it and starts the tasks anew, though nothing else changed. */
export function forced(spec: Spec): Spec {
  const template = spec.TaskTemplate as { readonly ForceUpdate?: number };
  return { ...spec, TaskTemplate: { ...template, ForceUpdate: (template.ForceUpdate ?? 0) + 1 } };
}

function imageOf(spec: Spec): string {
  return String((spec as { TaskTemplate?: { ContainerSpec?: { Image?: string } } }).TaskTemplate?.ContainerSpec?.Image);
}

/** Empty: nothing changes. In the order of the marks, then of the names. */
export function deployPlan({
  live,
  networkNames,
  rebuilt,
  requests,
  secrets,
  stack,
}: DeployFacts): readonly PlanLine[] {
  const inStack = (name: string): string => (name.startsWith(`${stack}_`) ? name.slice(stack.length + 1) : name);
  const running = new Map(live.map((service) => [service.id, service]));
  const byName = [...requests.services].sort((a, b) => (String(a.spec.Name) < String(b.spec.Name) ? -1 : 1));
  const lines = byName.flatMap(({ id, spec }): readonly PlanLine[] => {
    const subject = inStack(String(spec.Name));
    const now = id === null ? undefined : running.get(id);
    if (now === undefined) {
      const count = replicasOf(spec);
      return [{ mark: '+', subject, what: imageOf(spec), effect: `${count} ${count === 1 ? 'task' : 'tasks'}` }];
    }
    const wanted = rebuilt.includes(subject) ? forced(spec) : spec;
    const all = differences(now.spec, wanted, networkNames);
    if (all.length === 0) return [];
    return [{ mark: '~', subject, what: changeText(all), effect: effectText(all, now.spec, wanted) }];
  });
  const gone = requests.removed.map((id): PlanLine => {
    const name = running.get(id)?.name ?? id;
    return { mark: '-', subject: inStack(name), what: 'not in cluster.yaml any more', effect: 'its volumes stay' };
  });
  const [added, changed] = [lines.filter(({ mark }) => mark === '+'), lines.filter(({ mark }) => mark === '~')];
  return [
    ...made('network', [...requests.networks].sort(), ''),
    ...made('secret', secrets, live.length > 0 ? 'old versions go after the update' : ''),
    ...made('config', [...requests.configs].sort(), live.length > 0 ? 'old versions go after the update' : ''),
    ...added,
    ...changed,
    ...gone,
  ];
}
