// How do the local processes stop? The supervisor ends them in order; what is left of a dead one is found and ended.
import { ended, type MarkedProcess, markedProcesses, signal } from '../../drivers/processes.ts';

/** Above any drain that is sensible; past it the remaining ones are killed. */
const longestDrainMs = 3_600_000;
const lastWordMs = 10_000;

/** Ends every process of this home and returns their names, sorted; nothing of it lives afterwards. */
export async function stopEmbedded(home: string, say: (line: string) => void): Promise<readonly string[]> {
  const living = markedProcesses(home);
  if (living.length === 0) return [];
  const names = [...new Set(living.map(({ name }) => name))].filter((name) => name !== 'supervisor').sort();
  const timer = setTimeout(() => say('  waiting   for running jobs to end or to be handed back'), 1000);
  const supervisors = living.filter(({ name }) => name === 'supervisor');
  for (const one of supervisors) signal(one, 'SIGTERM');
  if (supervisors.length > 0) await ended(supervisors, longestDrainMs);
  await endInOrder(markedProcesses(home));
  clearTimeout(timer);
  return names;
}

/** Workers before the orchestrator, so that what they still report is heard. */
async function endInOrder(left: readonly MarkedProcess[]): Promise<void> {
  for (const group of [left.filter(({ name }) => name !== 'orchestrator'), left]) {
    for (const one of group) signal(one, 'SIGTERM');
    if (await ended(group, 4 * lastWordMs)) continue;
    for (const one of group) signal(one, 'SIGKILL');
    await ended(group, lastWordMs);
  }
}
