// What does `muster up` tell? What it does, each change on a line, and at the end who is well and who is not.
import type { WorkerView } from '../../../services/protocol/index.ts';
import { counted, self, writeLine } from '../output.ts';
import { keyFileOf } from '../place.ts';
import { plain } from '../text.ts';
import type { Io } from '../types.ts';
import { workerTable } from '../workers/table.ts';
import type { Form } from './form.ts';
import type { Trouble } from './outcome.ts';

export type Ending = {
  /** Null when this `up` was not about workers. */
  readonly workers: readonly WorkerView[] | null;
  /** Services beside them that are well. */
  readonly services: readonly string[];
  readonly troubles: readonly Trouble[];
  readonly url: string;
  /** One line for each page that people look at, with how to sign in. */
  readonly pages: readonly string[];
};

export type Report = {
  /** One thing that changes or is waited for; the first one brings the head with it. */
  say(verb: string, what: string): void;
  /** Worth a line only if something changes. */
  aside(verb: string, what: string): void;
  /** The last words; short when nothing was said before. */
  end(ending: Ending): void;
};

/** `quiet` says nothing: the caller prints JSON. */
export function createReport(io: Io, clusterName: string, form: Form, quiet: boolean): Report {
  let said = false;
  const asides: string[] = [];
  const line = (verb: string, what: string) => `  ${verb.padEnd(9)} ${what}`;
  return {
    say(verb, what) {
      if (quiet) return;
      if (!said) {
        for (const each of [...head(clusterName, form, io.env.MUSTER_HOME || '.muster/'), ...asides])
          writeLine(io, each);
      }
      said = true;
      writeLine(io, line(verb, what));
    },
    aside(verb, what) {
      asides.push(line(verb, what));
    },
    end({ pages, services, troubles, url, workers: all }) {
      if (quiet) return;
      // All that cluster.yaml asks for is there by now; who is not was there once.
      const workers = all?.filter(({ state }) => state !== 'offline') ?? null;
      const well = [
        ...(workers === null ? [] : [stateCounts(workers)]),
        ...(services.length === 0 ? [] : [`${counted(services.length, 'service')} well`]),
      ].join(', ');
      if (!said) writeLine(io, `muster: cluster "${clusterName}" is up, nothing to change (${well})`);
      else if (workers !== null) writeLine(io, `\n${workerTable(workers)}`);
      if (troubles.length > 0) writeLine(io, '');
      for (const { next, reason, service, state } of troubles) {
        writeLine(io, `${state.padEnd(9)} ${service}: ${plain(reason)}`);
        writeLine(io, `          → ${next}`);
      }
      if (!said) return;
      writeLine(io, '');
      if (workers !== null) writeLine(io, `${url}   key in ${keyFileOf(io)}`);
      for (const page of pages) writeLine(io, page);
      const next = ['make word-count', `${self} jobs submit -- uname -a`, 'make down'];
      writeLine(io, `next:  ${(services.length > 0 ? [`${self} status`, ...next] : next).join('    ')}`);
    },
  };
}

function head(clusterName: string, form: Form, home: string): readonly string[] {
  if (form.kind === 'docker') {
    const { version, where } = form.engine;
    return [`muster: cluster "${clusterName}" from cluster.yaml, on Docker ${version} (${where})`];
  }
  return [
    `muster: cluster "${clusterName}" from cluster.yaml, embedded: as local processes under ${home}, ${form.why}`,
    '        not the same as Docker: no image per worker, no read-only root, no network of its own;',
    '        CPU and memory limits hold only where a cgroup may be written (see isolation: muster workers show)',
  ];
}

/** `3 workers idle`, `2 workers idle, 1 busy`. */
function stateCounts(workers: readonly WorkerView[]): string {
  const states = [...new Set(workers.map(({ state }) => state))].sort().reverse();
  const counts = states.map((state) => [workers.filter((worker) => worker.state === state).length, state] as const);
  return counts.map(([count, state], at) => `${at === 0 ? counted(count, 'worker') : count} ${state}`).join(', ');
}
