// How is the orchestrator told about an agent that does not run? One request, bounded in time, that may fail.
import { agentPaths } from '../../protocol/agent-paths.ts';
import type { Failing, FailingReport } from '../../protocol/index.ts';
import { createHttp } from '../wire/http.ts';
import { type Contact, readContact } from './contact.ts';

export const tellLimitMs = 5000;

const send = async ({ caFile, token, url }: Contact, report: FailingReport, signal: AbortSignal): Promise<void> => {
  const http = await createHttp(url, caFile);
  try {
    const answer = await http.send({
      ...{ method: 'POST', path: agentPaths.failing, token, signal, idleMs: tellLimitMs },
      headers: { 'content-type': 'application/json' },
      body: { bytes: Buffer.from(JSON.stringify(report)) },
    });
    answer.resume();
  } finally {
    http.close();
  }
};

/** Resolves when told, or when that failed or took too long: the next end, or the next start, tells it again. */
export const tell = async (state: string, failing: Failing | null): Promise<void> => {
  const contact = readContact(state);
  if (contact !== null) await send(contact, { failing }, AbortSignal.timeout(tellLimitMs)).catch(() => {});
};
