// Does the stack get there? Watches services and tasks until all is as it should be, or it is clear that it will not.
import { setTimeout as sleep } from 'node:timers/promises';
import { rollBackService, stackLabel, swarmServices, swarmTasks, taskLog } from '../../drivers/swarm-services.ts';
import { type Progress, progressOf, type SwarmService, type SwarmTask } from '../../index.ts';
import { formatDuration, plain } from '../text.ts';
import type { Swarm } from './reach.ts';

/** What was there before the deploy. */
export type Before = { readonly services: readonly SwarmService[]; readonly tasks: readonly SwarmTask[] };

export type Trouble = { readonly service: string; readonly what: string; readonly words: readonly string[] };

const everyMs = 250;
const tellMs = 2000;

/** A registry that is away for so long is not waited for. */
const stallMs = 30_000;

export async function lookAt({ docker }: Swarm, stack: string): Promise<Before> {
  const label = `${stackLabel}=${stack}`;
  return { services: await swarmServices(docker, label), tasks: await swarmTasks(docker, { label: [label] }) };
}

/** Waits until every service is settled; gives those that did not come up, with the reason. Empty: all is well. */
export async function converge(
  swarm: Swarm,
  stack: string,
  before: Before,
  limitMs: number,
  say: (verb: string, what: string) => void,
): Promise<readonly Trouble[]> {
  const known = new Set(before.tasks.map(({ id }) => id));
  const updates = new Map(before.services.map(({ id, update }) => [id, update?.startedAt ?? '']));
  const startedAt = performance.now();
  const said = new Map<string, string>();
  const stalls = stallClock();
  const words = new Map<string, SwarmTask | null>();
  let tellAt = startedAt + tellMs / 2;
  for (;;) {
    const { services, tasks } = await lookAt(swarm, stack);
    const stalled = stalls(tasks);
    const all = services.map((service) => progressOf(service, tasks, known, updates, stalled));
    const hanging = all.filter(({ state }) => state === 'stuck').map(({ service }) => service);
    // An engine that cannot fetch an image tries for ever, with the old task gone: it is told to go back.
    const undone = services.filter(({ name, update }) => hanging.includes(name) && update?.state === 'updating');
    for (const service of undone) {
      say('undoing', `the update of ${inStack(stack, service.name)}`);
      words.set(service.name, all.find((each) => each.service === service.name)?.failed ?? null);
      await rollBackService(swarm.docker, service);
    }
    if (undone.length > 0) continue;
    const open = all.filter(({ state }) => state === 'converging' || state === 'rolling back');
    const now = performance.now();
    const late = now - startedAt > limitMs;
    if (open.length === 0 || late || all.some(({ state }) => state === 'stuck')) {
      const bad = all.filter(({ state }) => state === 'rolled back' || state === 'stuck' || (late && state !== 'done'));
      const told = bad.map((each) => ({ ...each, failed: words.get(each.service) ?? each.failed }));
      return Promise.all(told.map((each) => troubleOf(swarm, stack, each, services)));
    }
    if (now > tellAt) {
      tellAt = now + tellMs;
      tell(stack, open, said, now - startedAt, say);
    }
    await sleep(everyMs);
  }
}

/** Ids of tasks that for a while have told why their image does not come. */
function stallClock(): (tasks: readonly SwarmTask[]) => ReadonlySet<string> {
  const since = new Map<string, number>();
  return (tasks) => {
    const waiting = tasks.filter(
      ({ desired, error, state }) => desired !== 'shutdown' && state === 'preparing' && error !== '',
    );
    for (const { id } of waiting) if (!since.has(id)) since.set(id, performance.now());
    return new Set(waiting.flatMap(({ id }) => (performance.now() - (since.get(id) ?? 0) > stallMs ? [id] : [])));
  };
}

/** One line where something moved since the last one. */
function tell(
  stack: string,
  open: readonly Progress[],
  told: Map<string, string>,
  elapsedMs: number,
  say: (verb: string, what: string) => void,
): void {
  const parts = open.map(({ failed, running, service, state, wanted }) => {
    const trouble =
      failed === null ? '' : `, a task ${failed.state === 'pending' ? 'waits' : 'failed'}: ${plain(failed.error)}`;
    return [
      service,
      `${inStack(stack, service)} ${running}/${wanted}${state === 'rolling back' ? ' rolling back' : ''}${trouble}`,
    ] as const;
  });
  const moved = parts.filter(([service, text]) => told.get(service) !== text);
  if (moved.length === 0) return;
  for (const [service, text] of moved) told.set(service, text);
  say('waiting', `${parts.map(([, text]) => text).join('   ')}  (${formatDuration(elapsedMs / 1000)})`);
}

const inStack = (stack: string, name: string): string => name.slice(stack.length + 1);

async function troubleOf(
  { docker }: Swarm,
  stack: string,
  { failed, running, service, state, wanted }: Progress,
  services: readonly SwarmService[],
): Promise<Trouble> {
  const message = services.find(({ name }) => name === service)?.update?.message ?? '';
  const what =
    state === 'rolled back'
      ? `was rolled back: ${failed === null ? message : plain(failed.error) || message}`
      : `${running} of ${wanted} tasks run${failed === null ? '' : `: ${plain(failed.error)}`}`;
  const log = failed === null ? '' : await taskLog(docker, failed.id, 5).catch(() => '');
  const words = plain(log).trim().split('\n').slice(-5);
  return { service: inStack(stack, service), what, words: words.filter((line) => line !== '') };
}
