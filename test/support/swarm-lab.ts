// Is there a real swarm for tests, and how is one of its nodes used, lost and found?
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from './clone.ts';
import { cleanEnvironment } from './lab.ts';

const lab = join(import.meta.dirname, '../lab/swarm');

export type Node = 1 | 2 | 3;

export type SwarmWish = {
  readonly managers?: Node;
  /** Nodes with a fake GPU. */
  readonly gpus?: readonly Node[];
  /** Generic resources, as `2:gpu=1`: node, kind, value. */
  readonly resources?: readonly string[];
  /** Names of images that the lab's main engine holds. */
  readonly images?: readonly string[];
};

type Answer = SpawnSyncReturns<string>;

const call = (...argv: readonly string[]): Answer => spawnSync(lab, argv, { encoding: 'utf8', maxBuffer: 2 ** 26 });

function must(answer: Answer, what: string): string {
  if (answer.status === 0) return answer.stdout.trim();
  throw new Error(`${what}: exit status ${answer.status}\n${answer.stdout}${answer.stderr}`, { cause: answer.error });
}

const swarm = (...argv: readonly string[]): string => must(call(...argv), `swarm ${argv.join(' ')}`);

/** Why no swarm can be started here, or null. */
export function whyNoSwarm(): string | null {
  const answer = call('check');
  return answer.status === 0 ? null : (answer.stderr.split('\n')[0] ?? 'test/lab/swarm cannot be run');
}

/** Three nodes with a new swarm on them: what an earlier test left is gone, images excepted. */
export function freshSwarm({ managers = 1, gpus = [], resources = [], images = [] }: SwarmWish = {}): void {
  swarm('up', ...gpus.flatMap((node) => ['--gpu', `${node}`]), ...resources.flatMap((one) => ['--resource', one]));
  swarm('reset');
  swarm('init', '--managers', `${managers}`);
  if (images.length > 0) swarm('load', ...images);
}

/** Empties the nodes first: engines that have nothing to end end at once. */
export function swarmDown(): void {
  call('reset');
  swarm('down');
}

/** `docker …` on a node: what it printed, without the last line break. */
export const onNode = (node: Node, ...argv: readonly string[]): string => swarm('docker', `${node}`, ...argv);

/** The same for commands that may fail. */
export const tryOnNode = (node: Node, ...argv: readonly string[]): Answer => call('docker', `${node}`, ...argv);

/** A command in a node's network and with its host name. */
export const insideNode = (node: Node, ...argv: readonly string[]): string => swarm('exec', `${node}`, ...argv);

/** The environment in which `docker` means a node. */
export function nodeEnvironment(node: Node): NodeJS.ProcessEnv {
  const printed = spawnSync('bash', ['-c', `${swarm('env', `${node}`)}\nenv -0`], { encoding: 'utf8' });
  const entries = must(printed, 'env').split('\0').filter(Boolean);
  const all = Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s).slice(0, 2) as [string, string]));
  const { DOCKER_HOST, DOCKER_CONFIG, PATH } = all;
  return { ...cleanEnvironment(), DOCKER_HOST, DOCKER_CONFIG, PATH };
}

const subnet = process.env.MUSTER_SWARM_SUBNET ?? '10.251';

/** Where this machine reaches the ports that a node publishes with `mode: host`. */
export const nodeAddress = (node: Node): string => `${subnet}.0.${node}`;

/** Where nodes and containers reach what listens on this machine. */
export const hostAddress = `${subnet}.0.253`;

/** A power cut: nobody is told. */
export const killNode = (node: Node): void => void swarm('kill', `${node}`);
export const stopNode = (node: Node): void => void swarm('stop', `${node}`);
export const startNode = (node: Node): void => void swarm('start', `${node}`);

type ListedService = { readonly ID: string; readonly Name: string; readonly Replicas: string };

/** Until each service of a stack has the tasks it wants and no update is under way; answers with how each update ended. */
export function untilConverged(stack: string, seconds = 90, by: Node = 1): Promise<Readonly<Record<string, string>>> {
  return eventually(
    `stack ${stack} converges`,
    async () => {
      const filter = ['--filter', `label=com.docker.stack.namespace=${stack}`];
      const lines = onNode(by, 'service', 'ls', ...filter, '--format', 'json')
        .split('\n')
        .filter(Boolean);
      const services = lines.map((line) => JSON.parse(line) as ListedService);
      if (services.length === 0 || !services.every(({ Replicas }) => isComplete(Replicas))) return null;
      const format = '{{.Spec.Name}} {{with .UpdateStatus}}{{.State}}{{else}}none{{end}}';
      const states = onNode(by, 'service', 'inspect', '--format', format, ...services.map(({ ID }) => ID));
      const ends = states.split('\n').map((line) => line.split(' ') as [string, string]);
      return ends.some(([, state]) => /^(updating|rollback_started)$/.test(state)) ? null : Object.fromEntries(ends);
    },
    seconds,
  );
}

/** `3/3`, `3/3 (max 1 per node)`, and of a job `0/1 (3/3 completed)`. */
function isComplete(replicas: string): boolean {
  const [, have, want] = /\((\d+)\/(\d+) completed\)/.exec(replicas) ?? /^(\d+)\/(\d+)/.exec(replicas) ?? [];
  return have !== undefined && have === want;
}
