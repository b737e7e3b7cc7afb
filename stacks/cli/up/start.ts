// How are containers started? The orchestrator and workers must; of the others each may fail for itself.
import { runCommand } from '../../drivers/shell.ts';
import { composeUp, composeUpOne, type Service } from '../../index.ts';
import { runOrFail } from '../commands.ts';
import { self } from '../output.ts';
import type { Io } from '../types.ts';
import type { Trouble } from './outcome.ts';
import { lastSentence } from './pull.ts';

type Say = (verb: string, what: string) => void;

const names = (services: readonly Service[]): readonly string[] => services.map(({ name }) => name);

/** Says `starting` once, when Compose begins to change something. */
function teller(say: Say, what: string): (line: string) => void {
  let told = false;
  return (line) => {
    // The one-shot that makes secrets starts at every up.
    if (told || !/Container .* (Creating|Recreate|Starting)$/.test(line.trim()) || /-secrets-\d+ /.test(line)) return;
    told = true;
    say('starting', what);
  };
}

export async function startCore(io: Io, core: readonly Service[], env: Io['env'], say: Say): Promise<void> {
  if (core.length === 0) return;
  await runOrFail(io, composeUp(names(core)), env, teller(say, 'containers'));
}

/** All at once; when that fails, one by one, to know who it was. */
export async function startOthers(
  io: Io,
  others: readonly Service[],
  env: Io['env'],
  say: Say,
): Promise<readonly Trouble[]> {
  if (others.length === 0) return [];
  const onLine = teller(say, names(others).join(' '));
  const together = await runCommand(composeUp(names(others)), { cwd: io.root, env, onLine });
  if (together.exitCode === 0) return [];
  const troubles: Trouble[] = [];
  for (const { name } of others) {
    const alone = await runCommand(composeUpOne(name), { cwd: io.root, env });
    if (alone.exitCode === 0) continue;
    const next = `mend that, then: ${self} up --only ${name}`;
    troubles.push({ service: name, state: 'sick', reason: `it does not start: ${lastSentence(alone.output)}`, next });
  }
  return troubles;
}
