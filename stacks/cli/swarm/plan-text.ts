// How does a plan of a deploy read? A head, one line for each change, columns in line.
import type { PlanLine, SwarmNote } from '../../index.ts';
import { counted } from '../output.ts';
import type { Swarm } from './reach.ts';

/** As wide as the widest cell, so far as that is sensible; what is longer pushes its line. */
const widest = { subject: 20, what: 48 } as const;

export function planHead(swarm: Swarm, nodeCount: number, stack: string): string {
  return `swarm of ${counted(nodeCount, 'node')} (engine ${swarm.version}, ${swarm.where})   stack "${stack}"`;
}

/** Notes are told for services that come or change. */
export function planLines(lines: readonly PlanLine[], notes: readonly SwarmNote[]): readonly PlanLine[] {
  const touched = new Set(lines.map(({ subject }) => subject));
  const told = notes.filter(({ services }) => services.some((service) => touched.has(service)));
  return [
    ...lines,
    ...told.map(({ instead, services, what }): PlanLine => {
      const subject = services.length === 1 ? (services[0] ?? '') : counted(services.length, 'service');
      return { mark: '!', subject, what, effect: instead };
    }),
  ];
}

export function planText(lines: readonly PlanLine[]): string {
  const width = (cell: (line: PlanLine) => string, most: number) =>
    Math.min(most, Math.max(0, ...lines.map((line) => [...cell(line)].length)));
  const subjects = width(({ subject }) => subject, widest.subject);
  const whats = width(({ what }) => what, widest.what);
  return lines
    .map(({ effect, mark, subject, what }) =>
      `  ${mark} ${padded(subject, subjects)}  ${padded(what, whats)}  ${effect}`.trimEnd(),
    )
    .join('\n');
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}
