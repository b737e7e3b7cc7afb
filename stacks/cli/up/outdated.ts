// Has everything ended that is not as cluster.yaml says any more? An agent that drains is still there for a while.
import { setTimeout as sleep } from 'node:timers/promises';
import { childHash, markedProcesses } from '../../drivers/processes.ts';
import type { Child } from '../../index.ts';

const everyMs = 50;
const patienceMs = 1000;

/**
 * Waits until no process of this home runs but those of `children`: until then the orchestrator takes the agents that
 * leave for those that come. The supervisor ends each within its grace; without a supervisor nobody would wait long.
 */
export async function outdatedEnded(
  home: string,
  children: readonly Child[],
  say: (verb: string, what: string) => void,
): Promise<void> {
  const right = new Set(children.map((child) => `${child.name} ${childHash(child)}`));
  const startedAt = performance.now();
  for (let told = false; ; ) {
    const living = markedProcesses(home);
    const outdated = living.filter(({ hash, name }) => name !== 'supervisor' && !right.has(`${name} ${hash}`));
    if (outdated.length === 0) return;
    if (performance.now() - startedAt > patienceMs) {
      if (!living.some(({ name }) => name === 'supervisor')) return;
      const names = [...new Set(outdated.map(({ name }) => name))].sort();
      if (!told) say('waiting', `for ${names.join(' ')} to end running jobs or hand them back`);
      told = true;
    }
    await sleep(everyMs);
  }
}
