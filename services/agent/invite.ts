// How does a machine with an invite become a worker? It makes its own token, keeps it, and only then shows its hash.
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentPaths } from '../protocol/agent-paths.ts';
import type { Joined } from '../protocol/index.ts';
import type { Credentials } from './identity.ts';
import { readText, writeDurably } from './spool/durable.ts';
import { type Http, readBody } from './wire/http.ts';

/** No repetition can change it: the invite is over, unknown, or not there at all. */
export class InviteRefused extends Error {}

type Answer = { readonly status: number; readonly message: string };

/** Sends the hash of the token with the invite as the bearer; any answer of the orchestrator is one. */
export type Exchange = (invite: string, tokenHash: string) => Promise<Answer>;

export const exchangeOver =
  (http: Http): Exchange =>
  async (invite, tokenHash) => {
    const body = { bytes: Buffer.from(JSON.stringify({ tokenHash })) };
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', path: agentPaths.join, token: invite, body, headers } as const;
    const answer = await http.send({ ...request, idleMs: 10_000 });
    const text = (await readBody(answer, 64 * 1024)).toString('utf8');
    return { status: answer.statusCode ?? 0, message: messageOf(text) };
  };

const messageOf = (text: string): string => {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } } & Partial<Joined>;
    return typeof error?.message === 'string' ? error.message : '';
  } catch {
    return '';
  }
};

/** 401: nobody knows it. 403: it is a key of another kind. 410: it is over. All else may be different a moment later. */
const finalStatuses = [401, 403, 410];

const readInvite = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const found = error.code === 'ENOENT' ? 'no file' : (error.code ?? error.message);
    throw new InviteRefused(`MUSTER_INVITE_FILE: expected an invite in ${file}, found ${found}`);
  });
  if (/^mi_[\x21-\x7e]+$/.test(text.trim())) return text.trim();
  throw new InviteRefused(`MUSTER_INVITE_FILE: expected one line, an invite (mi_…), in ${file}, found another text`);
};

/**
 * The token of our own lies in the state folder before the orchestrator hears of it, so that whatever ends this
 * process, the next one asks with the same token and is answered the same. Beside it stands for whom it is, and whether
 * the orchestrator has said yes. A worker that was let in once is not ended by a refusal: it may be the orchestrator
 * that has lost its memory for a while.
 */
export const openInvited = async (
  state: string,
  origin: string,
  inviteFile: string,
  exchange: Exchange,
): Promise<Credentials> => {
  const file = join(state, 'joined');
  const [kept = '', keptFor, said] = ((await readText(file)) ?? '').split('\n');
  const isMine = kept !== '' && keptFor === origin;
  const own = isMine ? kept : `wt_${randomBytes(32).toString('base64url')}`;
  const tokenHash = createHash('sha256').update(own).digest('hex');
  let isKept = isMine;
  let wasJoined = isMine && said === 'joined';
  let mustAsk = !wasJoined;

  const keep = async (answer: 'asking' | 'joined'): Promise<void> => {
    await writeDurably(file, `${own}\n${origin}\n${answer}\n`);
    isKept = true;
  };
  const ask = async (): Promise<void> => {
    const invite = await readInvite(inviteFile);
    if (!isKept) await keep('asking');
    const { status, message } = await exchange(invite, tokenHash);
    const said = `(${status})${message && `: ${message}`}`;
    if (finalStatuses.includes(status)) throw new InviteRefused(`the orchestrator at ${origin} refuses it ${said}`);
    if (status !== 200) throw new Error(`the invite could not be exchanged ${said}`);
    await keep('joined');
    wasJoined = true;
  };
  return {
    current: () => own,
    async ready() {
      if (!mustAsk) return;
      try {
        await ask();
      } catch (error) {
        if (!(error instanceof InviteRefused)) throw error;
        if (!wasJoined) throw new InviteRefused(`the invite does not open the door: ${error.message}`);
        mustAsk = false;
        throw new Error(`neither the token of this worker nor its invite opens the door: ${error.message}`);
      }
      mustAsk = false;
    },
    exchanged: async () => {},
    async refused() {
      mustAsk = true;
      return false;
    },
  };
};
