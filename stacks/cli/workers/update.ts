// How do the agents of workers get a new program? `muster workers update`: shown first, one before the others, undone by itself.
import { join, resolve } from 'node:path';
import type {
  UpdateAnswer,
  UpdateRequest,
  UpdateView,
  WorkerList,
  WorkerView,
} from '../../../services/protocol/index.ts';
import type { Client } from '../../drivers/orchestrator.ts';
import { parseRelease } from '../../drivers/release.ts';
import { withClient } from '../api.ts';
import { confirmed } from '../confirm.ts';
import { buildExecutables, executablesFolder, platforms } from '../executables.ts';
import { counted, self, shellWord, writeJson, writeLine } from '../output.ts';
import { signedRelease } from '../release.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { follow, updates } from './update-follow.ts';
import { updatePlan, updateTable } from './update-text.ts';

export type UpdateOptions = {
  readonly class?: string;
  readonly canary?: string;
  readonly from?: string;
  readonly deadline?: string;
  readonly proof?: string;
  readonly status?: true;
  readonly abort?: true;
  readonly yes?: true;
  readonly json?: true;
};

/** `60s`, `2m`. */
function secondsOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d{1,4})(s|m)$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * (unit === 'm' ? 60 : 1);
  throw new Failure(exitCodes.badInput, `--${flag}: expected a time such as 60s or 2m, got ${JSON.stringify(text)}`);
}

function shown(io: Io, update: UpdateView | null, isJson: boolean): number {
  if (isJson) writeJson(io, { update });
  else
    writeLine(io, update === null ? `no update of agents so far\nnext:  ${self} workers update` : updateTable(update));
  return update?.phase === 'halted' ? exitCodes.failed : exitCodes.done;
}

/** Those that are named, of the class; a name that nobody has is said by the orchestrator. */
function chosen(all: readonly WorkerView[], names: readonly string[], options: UpdateOptions): readonly WorkerView[] {
  return all
    .filter((worker) => options.class === undefined || worker.class === options.class)
    .filter(({ name }) => names.length === 0 || names.includes(name) || name === options.canary)
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** Built anew from this clone, unless a folder is named. */
async function folderOf(io: Io, workers: readonly WorkerView[], options: UpdateOptions): Promise<string> {
  if (options.from !== undefined) return resolve(io.cwd, options.from);
  const wanted = platforms.filter((platform) => workers.some(({ program }) => program?.platform === platform));
  await buildExecutables(io, wanted.length > 0 ? wanted : [...platforms.slice(0, 1)], (verb, what) => {
    if (!options.json) writeLine(io, `  ${verb.padEnd(9)} ${what}`);
  });
  return executablesFolder(io.root);
}

/** The command once more, as a shell must read it. */
function typed(names: readonly string[], { canary, class: className, deadline, from, proof }: UpdateOptions): string {
  const values = { class: className, canary, from, deadline, proof };
  const flags = Object.entries(values).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value]));
  return `muster workers update ${[...names, ...flags].map((word) => `${shellWord(word)} `).join('')}--yes`;
}

async function start(io: Io, client: Client, names: readonly string[], options: UpdateOptions): Promise<number> {
  const { workers: all } = await client.call<WorkerList>('GET', '/api/v1/workers');
  const workers = chosen(all, names, options);
  const folder = await folderOf(io, workers, options);
  const signed = await signedRelease(io, folder, platforms);
  const release = parseRelease(signed.text);
  const plan = updatePlan(workers, release, options.canary);
  if (!options.json) {
    writeLine(io, `agents become ${release.version}, signed ${new Date(release.number).toISOString().slice(0, 16)}`);
    for (const line of plan.lines) writeLine(io, line);
  }
  const isAsked = plan.count > 0 || workers.some(({ program, state }) => !program && state === 'offline');
  if (!isAsked) {
    if (options.json) writeJson(io, { update: null });
    else writeLine(io, 'muster: nothing to update');
    return exitCodes.done;
  }
  if (!options.yes && !(await confirmed(io, 'apply?', typed(names, options))))
    throw new Failure(exitCodes.refused, 'nothing was changed');
  for (const platform of plan.platforms) {
    const { bytes = 0, sha256 = '' } = release.programs[platform] ?? {};
    await client.uploadBlob(`/api/v1/blobs/${sha256}`, join(folder, `muster-agent-${platform}`), bytes);
  }
  const [deadlineSeconds, provingSeconds] = [
    secondsOf('deadline', options.deadline),
    secondsOf('proof', options.proof),
  ];
  const wish: UpdateRequest = {
    ...signed,
    ...(options.class !== undefined && { class: options.class }),
    ...(names.length > 0 && { workers: [...names] }),
    ...(options.canary !== undefined && { canary: options.canary }),
    ...(deadlineSeconds !== undefined && { deadlineSeconds }),
    ...(provingSeconds !== undefined && { provingSeconds }),
  };
  const { update } = await client.call<UpdateAnswer>('POST', updates, wish);
  if (update === null) throw new Error('an update that was begun is there');
  const ended = await follow(client, update, (line) => {
    if (!options.json) writeLine(io, `  ${line}`);
  });
  const code = shown(io, ended, options.json === true);
  const count = ended.workers.filter(({ state }) => state === 'done').length;
  if (!options.json)
    writeLine(io, `muster: ${counted(count, 'worker')} of ${ended.workers.length} run ${release.version}`);
  return code;
}

export async function runUpdate(io: Io, names: readonly string[], options: UpdateOptions): Promise<number> {
  return withClient(io, async (client) => {
    if (!options.status && !options.abort) return start(io, client, names, options);
    const { update } = await client.call<UpdateAnswer>(options.abort ? 'DELETE' : 'GET', updates);
    return shown(io, update, options.json === true);
  });
}
