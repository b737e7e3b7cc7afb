// How does one worker read, with all that is known of it?

import type { Failing, WorkerView } from '../../../services/protocol/index.ts';
import { formatMemory } from '../../index.ts';
import { self } from '../output.ts';
import { formatAgo, plain } from '../text.ts';
import { formatGpus, formatLabels } from './table.ts';
import { programText } from './update-text.ts';

export function workerText(worker: WorkerView, nowMs: number): string {
  const { cpus, cpusFree, draining, failing, gpus, jobs, labels, lastSeenAt, load, memoryMiB, name, state } = worker;
  const load1 = load === null ? '–' : `CPU ${Math.round(load.cpu * 100)} %, ${formatMemory(load.memoryUsedMiB)} used`;
  return plain(
    [
      `${name}   ${state}${draining ? ', drained' : ''}`,
      `  id         ${worker.id}`,
      `  class      ${worker.class ?? '–'}   ${worker.kind}, version ${programText(worker)}`,
      `  labels     ${formatLabels(labels) || '–'}`,
      `  cpus       ${cpusFree} free of ${cpus}`,
      `  memory     ${formatMemory(memoryMiB)}`,
      `  gpus       ${formatGpus(gpus)}`,
      `  isolation  ${worker.isolation ?? '–'}`,
      `  load       ${load1}`,
      `  jobs       ${jobs.map((id) => id.slice(0, 8)).join(' ') || '–'}`,
      `  seen       ${formatAgo(lastSeenAt, nowMs)}`,
      ...(failing ? failingLines(failing, nowMs) : []),
      `next:  ${self} logs ${name}    ${self} workers ${draining ? 'undrain' : 'drain'} ${name}`,
    ].join('\n'),
  );
}

function failingLines({ count, lines, reason, since }: Failing, nowMs: number): readonly string[] {
  return [
    `  failing    its agent ended badly ${count} ${count === 1 ? 'time' : 'times'} in a row, first ${formatAgo(since, nowMs)}`,
    `             last: ${reason}; a minute without an end, and it is well again`,
    '  its last words:',
    ...lines.map((line) => `    ${line}`),
  ];
}
