// How does a job read? One line in a list; everything, with the reason why it waits, on its own.

import type { AttemptView, JobView } from '../../../services/protocol/index.ts';
import { formatMemory } from '../../index.ts';
import { shortIds } from '../ids.ts';
import { self, shellWord } from '../output.ts';
import { formatAgo, formatDuration, plain, plainTable } from '../text.ts';
import { formatLabels } from '../workers/table.ts';

const commandWidth = 40;

export function jobTable(jobs: readonly JobView[], nowMs: number): string {
  const ids = shortIds(jobs.map(({ id }) => id));
  return plainTable(
    ['ID', 'NAME', 'STATE', 'EXIT', 'WORKER', 'SUBMITTED', 'COMMAND'],
    jobs.map((job) => [
      ids.get(job.id) ?? job.id,
      job.name ?? '–',
      stateOf(job),
      job.exitCode === null ? '–' : String(job.exitCode),
      job.worker ?? '–',
      formatAgo(job.submittedAt, nowMs),
      cut(job.spec.command.join(' ')),
    ]),
  );
}

/** All that is known of one job, with the next commands. */
export function jobText(job: JobView, nowMs: number): string {
  const { id, name, spec } = job;
  const short = id.slice(0, 8);
  const ended = job.finishedAt === null ? '' : `, ended ${formatAgo(job.finishedAt, nowMs)}`;
  // `succeeded` and `cancelled` need no reason; a bare `exit` is said by its code.
  const reason = job.detail ?? (['succeeded', 'cancelled', 'exit'].includes(job.cause ?? '') ? null : job.cause);
  return [
    `${short}${name === null ? '' : ` ${plain(name)}`}   ${stateOf(job)}${job.exitCode === null ? '' : `, exit ${job.exitCode}`}${reason ? `: ${plain(reason)}` : ''}`,
    `  id         ${id}`,
    `  command    ${plain(spec.command.map(shellWord).join(' '))}`,
    `  needs      ${needs(job)}`,
    `  submitted  ${formatAgo(job.submittedAt, nowMs)}${ended}`,
    ...job.outputs.map(({ path, size }) => `  output     ${plain(path)}  ${size} bytes`),
    ...(job.attempts.length > 0 ? ['attempts:', attemptTable(job.attempts)] : []),
    ...(job.whyNot.length > 0
      ? ['why not:', ...job.whyNot.map((one) => `  ${plain(one.worker)}   ${plain(one.reason)}`)]
      : []),
    `next:  ${nextCommands(job, short)}`,
  ].join('\n');
}

function attemptTable(attempts: readonly AttemptView[]): string {
  const rows = attempts.map((one) => {
    const from = one.startedAt === null ? null : Date.parse(one.startedAt);
    const ran = from === null || one.endedAt === null ? '' : formatDuration((Date.parse(one.endedAt) - from) / 1000);
    const code = one.exitCode === null ? '' : ` ${one.exitCode}`;
    return [
      `  ${one.number}`,
      one.worker,
      ran,
      one.cause === null ? one.state : `${one.cause}${code}`,
      one.detail ?? '',
    ];
  });
  return plainTable(['  #', 'WORKER', 'RAN', 'END', ''], rows);
}

export function stateOf({ cancelling, state }: JobView): string {
  return cancelling && state !== 'cancelled' ? `${state}, cancelling` : state;
}

function needs({ spec }: JobView): string {
  const parts = [
    `${spec.cpus} CPU`,
    ...(spec.memoryMiB > 0 ? [formatMemory(spec.memoryMiB)] : []),
    ...(spec.gpus > 0 ? [`${spec.gpus} GPU`] : []),
    ...(Object.keys(spec.labels).length > 0 ? [`label ${plain(formatLabels(spec.labels))}`] : []),
  ];
  return parts.join(', ');
}

function nextCommands({ outputs, state }: JobView, id: string): string {
  const ended = state === 'succeeded' || state === 'failed' || state === 'cancelled';
  const fetch = outputs.length > 0 ? [`${self} jobs fetch ${id}`] : [];
  return [`${self} jobs logs ${id}`, ...fetch, ...(ended ? [] : [`${self} jobs cancel ${id}`])].join('    ');
}

function cut(text: string): string {
  const letters = [...text.replace(/\s+/g, ' ')];
  return letters.length <= commandWidth ? letters.join('') : `${letters.slice(0, commandWidth - 1).join('')}…`;
}
