// How far is the update? Told line by line until nobody changes any more; whoever stops looking stops nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import type { UpdateAnswer, UpdateView } from '../../../services/protocol/index.ts';
import type { Client } from '../../drivers/orchestrator.ts';
import { type Member, memberLine } from './update-text.ts';

export const updates = '/api/v1/updates';
const lookEveryMs = 500;
const moving = new Set<Member['state']>(['emptying', 'switching', 'proving']);

export const isOver = ({ phase, workers }: UpdateView): boolean =>
  (phase === 'done' || phase === 'halted') && !workers.some(({ state }) => moving.has(state));

/** Gives the update as it ended. `say` hears of each worker that got further. */
export async function follow(client: Client, first: UpdateView, say: (line: string) => void): Promise<UpdateView> {
  const told = new Map<string, string>();
  for (let update = first; ; ) {
    for (const member of update.workers) {
      const line = memberLine(member);
      if (told.get(member.name) === line || (!told.has(member.name) && member.state === 'waiting')) continue;
      told.set(member.name, line);
      say(line);
    }
    if (isOver(update)) return update;
    await sleep(lookEveryMs);
    const answer = await client.call<UpdateAnswer>('GET', updates);
    // Another one has taken its place.
    if (answer.update?.id !== first.id) return update;
    update = answer.update;
  }
}
