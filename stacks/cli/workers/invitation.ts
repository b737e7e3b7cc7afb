// How is a machine let in? With an invite; one that is set up from here gets it beside the installer, all of it by stdin.
import type {
  InviteCreated,
  InviteList,
  InviteRequest,
  WorkerList,
  WorkerView,
} from '../../../services/protocol/index.ts';
import { type Client, Refusal } from '../../drivers/orchestrator.ts';
import { authorityOf } from '../api.ts';
import { shellWord } from '../output.ts';
import type { Io } from '../types.ts';
import { reachable } from './reachable.ts';

const invites = '/api/v1/invites';
export type Wish = {
  readonly class?: string | undefined;
  readonly name?: string | undefined;
  readonly expiresSeconds: number;
};

/** The installer as the orchestrator offers it. */
export async function installerOf(io: Io, client: Client): Promise<string> {
  await (await import('./offer.ts')).offerInstaller(io, client);
  const chunks: Buffer[] = [];
  for await (const chunk of await client.download('/install.sh')) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The certificates that the machine is to trust, and nothing else of their file. */
export function invitedAuthority(io: Io): string | null {
  const found = authorityOf(io)?.pem.match(/-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----/g);
  return found ? `${found.join('\n')}\n` : null;
}

export async function createInvite(io: Io, client: Client, wish: Wish): Promise<InviteCreated> {
  const { class: className, expiresSeconds, name } = wish;
  const request: InviteRequest = {
    ...(className === undefined ? {} : { class: className }),
    ...(name === undefined ? {} : { name }),
    ...{ expiresSeconds, authority: invitedAuthority(io) },
  };
  return client.call<InviteCreated>('POST', invites, request);
}

/** One that was used, or that nobody remembers, is as good as revoked. */
export async function revokeInvite(client: Client, id: string | null): Promise<void> {
  if (id === null) return;
  try {
    await client.call('DELETE', `${invites}/${encodeURIComponent(id)}`);
  } catch (error) {
    if (!(error instanceof Refusal && (error.status === 404 || error.status === 409))) throw error;
  }
}

/** What `sh -s` reads: the arguments of the installer, the invite, the installer. `shown` is what this machine can reach. */
export async function joinScript(
  io: Io,
  installer: string,
  { token, url, shown }: { readonly token: string; readonly url: string; readonly shown: string },
): Promise<string> {
  const pin = await reachable(shown, authorityOf(io) ?? null);
  const words = ['--url', url, ...(pin === null ? [] : ['--pin', pin])];
  return `set -- ${words.map(shellWord).join(' ')}\ninvite=${shellWord(token)}\n${installer}`;
}

/** What was installed knows how it goes. Where nothing is, nothing is left to do. */
export const leaveScript = `
home=\${HOME:-}/.local/share/muster
[ "$(id -u)" -ne 0 ] || home=/opt/muster
[ -e "\${home}/agent-install.sh" ] || exit 0
exec sh "\${home}/agent-install.sh" --uninstall </dev/null
`;

/** The worker that came with the invite; null: none yet. */
export async function joinedWith(client: Client, id: string): Promise<WorkerView | null> {
  const list = await client.call<InviteList>('GET', invites);
  const name = list.invites.find((invite) => invite.id === id)?.worker ?? null;
  return name === null ? null : workerNamed(client, name);
}

export async function workerNamed(client: Client, name: string): Promise<WorkerView | null> {
  const { workers } = await client.call<WorkerList>('GET', '/api/v1/workers');
  return workers.find((worker) => worker.name === name) ?? null;
}
