// Who works? `muster workers …`: list, show, create, add, invite, update, drain, undrain, remove.
import type { WorkerCreated, WorkerList, WorkerView } from '../../services/protocol/index.ts';
import type { Client } from '../drivers/orchestrator.ts';
import { writeJson, writeLine } from './output.ts';
import { type Command, exitCodes, Failure, type Io, type Verb } from './types.ts';
import { addComeAndGo } from './workers/come-and-go.ts';
import { addInvite } from './workers/invite.ts';
import { addInvites } from './workers/invites.ts';
import { addUpdate } from './workers/update-verb.ts';

type JsonOption = { readonly json?: true };

const pathOf = (name: string) => `/api/v1/workers/${encodeURIComponent(name)}`;

async function reach<Result>(io: Io, work: (client: Client) => Promise<Result>): Promise<Result> {
  return (await import('./api.ts')).withClient(io, work);
}

async function runList(io: Io, json: boolean): Promise<number> {
  const list = await reach(io, (client) => client.call<WorkerList>('GET', '/api/v1/workers'));
  const { workerTable } = await import('./workers/table.ts');
  if (json) writeJson(io, list);
  else writeLine(io, list.workers.length === 0 ? 'no workers\nnext:  make up-workers' : workerTable(list.workers));
  return exitCodes.done;
}

async function runShow(io: Io, name: string, json: boolean): Promise<number> {
  const worker = await reach(io, (client) => client.call<WorkerView>('GET', pathOf(name)));
  const { workerText } = await import('./workers/text.ts');
  if (json) writeJson(io, worker);
  else writeLine(io, workerText(worker, Date.now()));
  return exitCodes.done;
}

async function runCreate(io: Io, name: string, options: JsonOption & { label?: string[] }): Promise<number> {
  const labels = Object.fromEntries(
    (options.label ?? []).map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new Failure(exitCodes.badInput, `--label: expected key=value, got ${JSON.stringify(text)}`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
  const created = await reach(io, (client) => client.call<WorkerCreated>('POST', '/api/v1/workers', { name, labels }));
  if (options.json) writeJson(io, created);
  else {
    writeLine(io, `created ${created.name} (${created.id})`);
    writeLine(io, `token   ${created.token}`);
    io.stderr.write('muster: the token is shown this once; put it into a file for MUSTER_TOKEN_FILE of the agent\n');
  }
  return exitCodes.done;
}

async function runDrain(io: Io, name: string, drain: boolean, json: boolean): Promise<number> {
  const method = drain ? 'POST' : 'DELETE';
  const worker = await reach(io, (client) => client.call<WorkerView>(method, `${pathOf(name)}/drain`));
  if (json) writeJson(io, worker);
  else if (!drain) writeLine(io, `${worker.name} takes jobs again`);
  else writeLine(io, `${worker.name} takes no new jobs; to undo: muster workers undrain ${worker.name}`);
  return exitCodes.done;
}

function addDrain(group: Command, io: Io, exit: (code: number) => void): void {
  for (const [verb, drain, text] of [
    ['drain', true, 'give it no new jobs; those that it has go on'],
    ['undrain', false, 'let it take jobs again'],
  ] as const) {
    group
      .command(verb)
      .argument('<NAME>', 'its name or id')
      .description(text)
      .option('--json', 'print the worker for programs')
      .action(async (name: string, options: JsonOption) =>
        exit(await runDrain(io, name, drain, options.json === true)),
      );
  }
}

export const workers: Verb = (program, io, exit) => {
  const group = program
    .command('workers')
    .description('list, show, create, add, invite, update, drain and remove workers');
  group
    .command('list', { isDefault: true })
    .description('every worker, its state and what it has')
    .option('--json', 'print {workers} for programs: name, state, labels, cpus, memoryMiB, gpus …')
    .action(async (options: JsonOption) => exit(await runList(io, options.json === true)));
  group
    .command('show')
    .argument('<NAME>', 'its name or id')
    .description('all about one worker')
    .option('--json', 'print the worker for programs')
    .action(async (name: string, options: JsonOption) => exit(await runShow(io, name, options.json === true)));
  group
    .command('create')
    .argument('<NAME>', 'a name that no worker has')
    .description('admit a worker that cluster.yaml does not name; prints its token, this once')
    .option('--label <k=v...>', 'its labels')
    .option('--json', 'print {id, name, token} for programs')
    .action(async (name: string, options: JsonOption & { label?: string[] }) =>
      exit(await runCreate(io, name, options)),
    );
  addInvite(group, io, exit);
  addInvites(group, io, exit);
  addDrain(group, io, exit);
  addComeAndGo(group, io, exit);
  addUpdate(group, io, exit);
};
