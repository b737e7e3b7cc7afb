// How does a result reach the orchestrator? Outputs and log first, then the report, again and again until it counts.

import { agentPaths } from '../protocol/agent-paths.ts';
import type { LeaseName } from '../protocol/index.ts';
import type { Log } from './core/log.ts';
import { type ResultRecord, sentence, terminalSeq } from './core/records.ts';
import type { AttemptFolder } from './spool/attempt-folder.ts';
import { type Client, isDone } from './wire/client.ts';
import type { LogShipper } from './wire/log-shipper.ts';
import { sendOutput } from './wire/transfer.ts';

/** The log may hold a result back no longer than this. */
const logLimitMs = 10_000;

export type Sender = { readonly client: Client; readonly session: string; readonly log: Log };

/** Resolves when the report was answered 2xx or refused for good, or when `gone` aborts. */
export const deliver = async (
  { client, session, log }: Sender,
  lease: LeaseName,
  folder: AttemptFolder | null,
  result: ResultRecord,
  shipper: LogShipper | null,
  gone: AbortSignal,
): Promise<void> => {
  const shipped = shipper?.finish(logLimitMs);
  const refused: string[] = [];
  const outputs = [];
  for (const output of folder === null ? [] : result.outputs) {
    const why = await sendOutput(client, lease, output, folder?.work ?? '', gone);
    if (why === null) outputs.push(output);
    else refused.push(`output ${JSON.stringify(output.path)} was refused: ${why}`);
  }
  await shipped;
  const report = {
    session,
    ...lease,
    seq: terminalSeq,
    state: 'ended',
    cause: result.cause,
    exitCode: result.exitCode,
    detail: sentence([result.detail, ...refused].filter((part) => part !== null).join('; ')) || null,
    outputs,
    progress: result.progress,
  };
  const answer = await client.insist('POST', agentPaths.report, () => report, gone);
  if (answer === null) return;
  if (isDone(answer)) log.info('job ended', { ...lease, cause: result.cause, exitCode: result.exitCode });
  else log.warn('result refused', { ...lease, status: answer.status, code: answer.code });
};
