// How does a person read the differences of a service, and what happens to its tasks?
import type { Difference } from './swarm-diff.ts';
import { restarts } from './swarm-diff.ts';
import type { Spec } from './types.ts';

/** What a path is about; the first that fits. Values that are worth showing are told apart below. */
const topics: readonly (readonly [RegExp, string])[] = [
  [/^TaskTemplate\.Resources\./, 'limits and reservations'],
  [/^TaskTemplate\.Placement\./, 'placement'],
  [/^TaskTemplate\.ContainerSpec\.Mounts\./, 'volumes'],
  [/^TaskTemplate\.Networks\./, 'networks'],
  [/^EndpointSpec\./, 'ports'],
  [/^TaskTemplate\.ContainerSpec\.Healthcheck\./, 'health check'],
  [/^TaskTemplate\.ContainerSpec\.StopGracePeriod$/, 'time to stop'],
  [/^TaskTemplate\.RestartPolicy\./, 'restart policy'],
  [/^TaskTemplate\.ForceUpdate$/, 'image of the same name, built anew'],
  [/^(?:UpdateConfig|RollbackConfig)\./, 'update policy'],
  [/^Labels\./, 'labels'],
];

function shown({ path, from, to }: Difference): string {
  const [, kind] = /\.(Configs|Secrets)\.(?:.*)\.(?:Config|Secret)Name$/.exec(path) ?? [];
  if (kind !== undefined) {
    const word = kind === 'Configs' ? 'config' : 'secret';
    if (from === undefined) return `+ ${word} ${to}`;
    return to === undefined ? `- ${word} ${from}` : `${word} ${from} → ${to}`;
  }
  if (/\.(?:Configs|Secrets)\./.test(path)) return 'configs and secrets';
  if (path === 'TaskTemplate.ContainerSpec.Image') return imageChange(String(from), String(to));
  if (path === 'Mode.Replicated.Replicas') return `${from ?? 0} → ${to ?? 0} tasks`;
  const [, variable] = /^TaskTemplate\.ContainerSpec\.Env\.(.*)$/.exec(path) ?? [];
  if (variable !== undefined) return `environment ${variable}`;
  return topics.find(([pattern]) => pattern.test(path))?.[1] ?? path;
}

/** The tags, where only these differ. */
function imageChange(from: string, to: string): string {
  const [[fromName, fromTag], [toName, toTag]] = [from, to].map(
    (image) => /^(.*?)(?::([^:/@]+))?(?:@.*)?$/.exec(image)?.slice(1) ?? [],
  ) as [string[], string[]];
  return fromName === toName && fromTag !== toTag ? `image ${fromTag} → ${toTag}` : `image ${from} → ${to}`;
}

/** Each topic once; what a name changes goes first. A file that came or went is named once. */
export function changeText(all: readonly Difference[]): string {
  const named = new Set(
    all.flatMap(({ path }) => (/\.(?:Config|Secret)Name$/.test(path) ? [path.replace(/\.\w+$/, '.')] : [])),
  );
  const told = all.filter(({ path }) => {
    const file = /^.*\.(?:Configs|Secrets)\..*\.(?=File\.)/.exec(path)?.[0];
    return file === undefined || !named.has(file);
  });
  const variables = told.flatMap((each) => (shown(each).startsWith('environment ') ? [shown(each).slice(12)] : []));
  const others = few([...new Set(told.map(shown).filter((text) => !text.startsWith('environment ')))]);
  return [...others, ...(variables.length > 0 ? [`environment ${variables.join(' ')}`] : [])].join(', ');
}

/** More than two secrets or configs are counted. */
function few(texts: readonly string[]): readonly string[] {
  return ['secret', 'config'].reduce((left: readonly string[], kind) => {
    const mine = left.filter((text) => new RegExp(`^(?:[+-] )?${kind} `).test(text));
    if (mine.length <= 2) return left;
    return [`${mine.length} ${kind}s`, ...left.filter((text) => !mine.includes(text))];
  }, texts);
}

type Template = {
  readonly TaskTemplate?: {
    readonly ContainerSpec?: {
      readonly Env?: readonly string[];
      readonly Healthcheck?: { readonly Interval?: number; readonly StartPeriod?: number };
      readonly StopGracePeriod?: number;
    };
  };
  readonly UpdateConfig?: { readonly Order?: string };
  readonly Mode?: { readonly Replicated?: { readonly Replicas?: number } };
};

export const replicasOf = (spec: Spec): number => (spec as Template).Mode?.Replicated?.Replicas ?? 1;

/** Null: it has no jobs that could end first. */
function drainSeconds(spec: Spec): number | null {
  const line = (spec as Template).TaskTemplate?.ContainerSpec?.Env?.find((each) =>
    each.startsWith('MUSTER_DRAIN_SECONDS='),
  );
  return line === undefined ? null : Number(line.split('=')[1]);
}

/** Until a task is out of the names, has ended, and another one is found healthy: the engine waits that long itself. */
const handoverSeconds = 3;

/** The first look is after five seconds where there is a start period, else after one interval. */
function gapSeconds(spec: Spec): number {
  const { Interval = 0, StartPeriod = 0 } = (spec as Template).TaskTemplate?.ContainerSpec?.Healthcheck ?? {};
  return handoverSeconds + (StartPeriod > 0 ? 5 : Math.ceil(Interval / 1e9));
}

/** What the engine then does with the tasks. */
export function effectText(all: readonly Difference[], live: Spec, wanted: Spec): string {
  const [before, after] = [replicasOf(live), replicasOf(wanted)];
  const drain = drainSeconds(wanted);
  const drains = drain === null ? '' : `, each drains first (up to ${drain} s)`;
  const more = after > before ? `${after - before} more, ` : '';
  const fewer = after < before ? `${before - after} fewer${drains}; ` : '';
  if (!restarts(all)) {
    if (after > before) return `${after - before} more; those that run stay`;
    if (after < before) return `${before - after} fewer${drains}`;
    if (all.some(({ path }) => path.startsWith('TaskTemplate.Placement.')))
      return 'tasks on nodes that do not fit any more move';
    return 'no task restarts';
  }
  const tasks = Math.min(before, after);
  if (tasks === 0) return 'no task runs';
  if ((wanted as Template).UpdateConfig?.Order === 'start-first') {
    return `${more}${fewer}${tasks === 1 ? 'the new task' : `${tasks} tasks, one at a time, the new one`} starts first: no gap`;
  }
  if (tasks === 1 && drain === null) return `${more}${fewer}stops first: away for about ${gapSeconds(wanted)} s`;
  return `${more}${fewer}${tasks} ${tasks === 1 ? 'task' : 'tasks, one at a time'}${drains}`;
}
