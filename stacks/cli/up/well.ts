// Which of the services beside the workers are well? Waits until each is, or is sick, or the time is up.
import { setTimeout as sleep } from 'node:timers/promises';
import type { DockerClient } from '../../drivers/docker.ts';
import { type ComposeContainer, lastHealthWords, projectContainers } from '../../drivers/docker-containers.ts';
import { runCommand } from '../../drivers/shell.ts';
import { self } from '../output.ts';
import { plain } from '../text.ts';
import type { Io } from '../types.ts';
import type { Trouble } from './outcome.ts';
import { lastSentence } from './pull.ts';

export type WellWait = {
  readonly project: string;
  readonly services: readonly string[];
  readonly limitMs: number;
  /** Told who is waited for, after one second, two, four … */
  readonly onWait: (who: string) => void;
  /** How far a service that starts is, where that can be known. */
  readonly progress: (service: string) => Promise<string | null>;
};

const everyMs = 300;
/** A container that ends is started again, later each time: so often seen down, it does not stay up. */
const mostDown = 10;

type View = 'well' | 'starting' | 'unhealthy' | 'down';

function viewOf(containers: readonly ComposeContainer[]): View {
  // None at all: a class of no replicas.
  if (containers.some(({ running }) => !running)) return 'down';
  if (containers.some(({ health }) => health === 'unhealthy')) return 'unhealthy';
  return containers.some(({ health }) => health === 'starting') ? 'starting' : 'well';
}

/** Those that are not well at the end, with the reason. */
export async function waitUntilWell(io: Io, docker: DockerClient, wait: WellWait): Promise<readonly Trouble[]> {
  const startedAt = performance.now();
  const timesDown = new Map<string, number>();
  let tellAt = startedAt + 1000;
  for (;;) {
    const containers = await projectContainers(docker, wait.project);
    const views = new Map(
      wait.services.map((name) => [name, viewOf(containers.filter(({ service }) => service === name))]),
    );
    for (const [name, view] of views) if (view === 'down') timesDown.set(name, (timesDown.get(name) ?? 0) + 1);
    const now = performance.now();
    const isOver = now - startedAt > wait.limitMs;
    const hopes = [...views].filter(([name, view]) =>
      view === 'down' ? (timesDown.get(name) ?? 0) < mostDown : view === 'starting',
    );
    if (hopes.length === 0 || isOver) {
      const sick = [...views].filter(([, view]) => view !== 'well');
      return Promise.all(sick.map(([name, view]) => troubleOf(io, docker, wait, containers, name, view)));
    }
    if (now > tellAt) {
      tellAt = now + (now - startedAt);
      const who = await Promise.all(hopes.map(async ([name]) => withProgress(name, await wait.progress(name))));
      wait.onWait(`${who.join(', ')} (${Math.round((now - startedAt) / 1000)} s)`);
    }
    await sleep(everyMs);
  }
}

const withProgress = (name: string, progress: string | null) => (progress === null ? name : `${name}: ${progress}`);

async function troubleOf(
  io: Io,
  docker: DockerClient,
  wait: WellWait,
  containers: readonly ComposeContainer[],
  service: string,
  view: View,
): Promise<Trouble> {
  const next = `${self} logs ${service}`;
  const own = containers.filter((one) => one.service === service);
  if (view === 'starting') {
    const reason = (await wait.progress(service)) ?? 'it is not healthy yet';
    return { service, state: 'starting', reason, next: `${self} status    ${self} logs -f ${service}` };
  }
  if (view === 'unhealthy') {
    const sick = own.find(({ health }) => health === 'unhealthy');
    const words = sick === undefined ? '' : await lastHealthWords(docker, sick.id);
    return { service, state: 'sick', reason: `it is unhealthy: ${lastSentence(plain(words))}`, next };
  }
  const id = own.find(({ running }) => !running)?.id ?? '';
  const command = { program: 'docker', args: ['logs', '--tail', '3', id], why: 'its last words' };
  const { output } = await runCommand(command, { cwd: io.root, env: io.env });
  return { service, state: 'sick', reason: `it does not stay up: ${lastSentence(output)}`, next };
}
