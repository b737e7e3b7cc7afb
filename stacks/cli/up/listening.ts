// Which of the local services are well? Waits until each lives and listens, or the time is up.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isListening } from '../../drivers/ports.ts';
import { markedProcesses } from '../../drivers/processes.ts';
import { type Cluster, localStack, services } from '../../index.ts';
import { self } from '../output.ts';
import { portOf } from '../place.ts';
import { plain } from '../text.ts';
import type { Io } from '../types.ts';
import type { Trouble } from './outcome.ts';
import { progressOf } from './progress.ts';
import { lastSentence } from './pull.ts';

const everyMs = 300;

export async function waitUntilListening(
  io: Io,
  home: string,
  cluster: Cluster,
  wait: { readonly services: readonly string[]; readonly limitMs: number; readonly onWait: (who: string) => void },
): Promise<readonly Trouble[]> {
  const chosen = services(cluster).filter(({ name }) => wait.services.includes(name));
  const programs = new Set(chosen.flatMap(({ program }) => program ?? []));
  const { ports } = localStack(cluster, chosen, { home, root: io.root, port: portOf(io, cluster), programs });
  const startedAt = performance.now();
  let tellAt = startedAt + 1000;
  for (;;) {
    const living = new Set(markedProcesses(home).map(({ name }) => name));
    const silent: string[] = [];
    for (const name of wait.services) {
      const own = ports.filter(({ service }) => service === name);
      const answers = await Promise.all(own.map(({ port }) => isListening(port)));
      if (!living.has(name) || answers.includes(false)) silent.push(name);
    }
    const now = performance.now();
    if (silent.length === 0) return unfinished(cluster, wait.services);
    if (now - startedAt > wait.limitMs) {
      const troubles = silent.map((service) => troubleOf(home, service, living.has(service)));
      return [...troubles, ...(await unfinished(cluster, wait.services))];
    }
    if (now > tellAt) {
      tellAt = now + (now - startedAt);
      wait.onWait(`${silent.join(', ')} (${Math.round((now - startedAt) / 1000)} s)`);
    }
    await sleep(everyMs);
  }
}

/** A model server answers at once and is ready when its models are there. */
async function unfinished(cluster: Cluster, names: readonly string[]): Promise<readonly Trouble[]> {
  const found = await Promise.all(
    names.map(async (service): Promise<readonly Trouble[]> => {
      const reason = await progressOf(cluster, service);
      return reason === null ? [] : [{ service, state: 'starting', reason, next: `${self} logs -f ${service}` }];
    }),
  );
  return found.flat();
}

function troubleOf(home: string, service: string, lives: boolean): Trouble {
  const file = join(home, 'logs', `${service}.log`);
  const words = existsSync(file) ? lastSentence(plain(readFileSync(file, 'utf8').slice(-4000))) : '';
  const next = `look into ${file}`;
  if (lives) return { service, state: 'starting', reason: 'it does not listen yet', next };
  return { service, state: 'sick', reason: `it does not stay up: ${words}`, next };
}
