// What became of the invites? `muster workers invites` lists them, `muster workers revoke` takes one back.
import type { InviteList } from '../../../services/protocol/index.ts';
import { self, writeJson, writeLine } from '../output.ts';
import { type Command, exitCodes, type Io } from '../types.ts';

type JsonOption = { readonly json?: true };

const invites = '/api/v1/invites';

async function runInvites(io: Io, json: boolean): Promise<number> {
  const [{ withClient }, { inviteTable }] = await Promise.all([import('../api.ts'), import('./invite-table.ts')]);
  const list = await withClient(io, (client) => client.call<InviteList>('GET', invites));
  if (json) writeJson(io, list);
  else
    writeLine(
      io,
      list.invites.length === 0 ? `no invites\nnext:  ${self} workers invite` : inviteTable(list.invites, Date.now()),
    );
  return exitCodes.done;
}

async function runRevoke(io: Io, id: string, json: boolean): Promise<number> {
  const { withClient } = await import('../api.ts');
  await withClient(io, (client) => client.call('DELETE', `${invites}/${encodeURIComponent(id)}`));
  if (json) writeJson(io, { revoked: id });
  else writeLine(io, `revoked ${id}; it opens nothing from now on`);
  return exitCodes.done;
}

export function addInvites(group: Command, io: Io, exit: (code: number) => void): void {
  group
    .command('invites')
    .description('every invite of the last month, and who came with it')
    .option('--json', 'print {invites} for programs')
    .action(async (options: JsonOption) => exit(await runInvites(io, options.json === true)));
  group
    .command('revoke')
    .argument('<INVITE>', 'its id, i_…')
    .description('take back an invite that nobody has used')
    .option('--json', 'print {revoked} for programs')
    .action(async (id: string, options: JsonOption) => exit(await runRevoke(io, id, options.json === true)));
}
