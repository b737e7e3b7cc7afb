// What does `muster up` tell? What it does, each change on a line, and at the end the workers and the next commands.
import type { WorkerView } from '../../../services/protocol/index.ts';
import { counted, self, writeLine } from '../output.ts';
import { keyFileOf } from '../place.ts';
import type { Io } from '../types.ts';
import { workerTable } from '../workers/table.ts';
import type { Form } from './form.ts';

export type Report = {
  /** One thing that changes or is waited for; the first one brings the head with it. */
  say(verb: string, what: string): void;
  /** The last words; short when nothing was said before. */
  end(workers: readonly WorkerView[], url: string): void;
};

/** `quiet` says nothing: the caller prints JSON. */
export function createReport(io: Io, clusterName: string, form: Form, quiet: boolean): Report {
  let said = false;
  return {
    say(verb, what) {
      if (quiet) return;
      if (!said) for (const line of head(clusterName, form, io.env.MUSTER_HOME || '.muster/')) writeLine(io, line);
      said = true;
      writeLine(io, `  ${verb.padEnd(9)} ${what}`);
    },
    end(all, url) {
      if (quiet) return;
      // All that cluster.yaml asks for is there by now; who is not was there once.
      const workers = all.filter(({ state }) => state !== 'offline');
      if (!said) {
        writeLine(io, `muster: cluster "${clusterName}" is up, nothing to change (${stateCounts(workers)})`);
        return;
      }
      writeLine(io, `\n${workerTable(workers)}\n`);
      writeLine(io, `${url}   key in ${keyFileOf(io)}`);
      writeLine(io, `next:  make word-count    ${self} jobs submit -- uname -a    make down`);
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
