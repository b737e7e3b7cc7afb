// How does an update of agents read: what will happen, how far it is, what came of it?
import type { Release, UpdateView, WorkerView } from '../../../services/protocol/index.ts';
import { releaseId } from '../../../services/protocol/index.ts';
import { plain, plainTable } from '../text.ts';

/** `0.1.0 (1a2b3c4d5e6f)`: two builds of one version differ. */
export function programText({ program, version }: Pick<WorkerView, 'program' | 'version'>): string {
  const release = program?.release;
  return `${version ?? '–'}${release ? ` (${release})` : ''}`;
}

export type Plan = { readonly lines: readonly string[]; readonly count: number; readonly platforms: readonly string[] };

/** Of workers of this platform: what they will run. */
function wantedText(release: Release, platform: string): string | null {
  const program = release.programs[platform];
  return program ? `${release.version} (${releaseId(program.sha256)})` : null;
}

/** One line for each worker; `release` null: it is not built yet, and only the platforms count. */
export function updatePlan(workers: readonly WorkerView[], release: Release, canary: string | undefined): Plan {
  let count = 0;
  const platforms = new Set<string>();
  const lines = workers.map((worker) => {
    const { name, program, state } = worker;
    const left = (why: string) => `  = ${plain(name)}  ${why}`;
    if (program?.refused) return left(program.refused);
    if (!program && state !== 'offline') return left('its agent cannot be updated from here: install it anew');
    if (!program) return `  ~ ${plain(name)}  offline; when it returns`;
    const wanted = wantedText(release, program.platform);
    if (wanted === null) return left(`the release has no program for ${program.platform}`);
    if (program.release === releaseId(release.programs[program.platform]?.sha256 ?? '')) return left('runs it already');
    count += 1;
    platforms.add(program.platform);
    const when = name === canary ? ', the canary' : state === 'offline' ? '; offline, when it returns' : '';
    return `  ~ ${plain(name)}  ${programText(worker)} → ${wanted}${when}`;
  });
  return { lines, count, platforms: [...platforms] };
}

const words = {
  waiting: 'waits',
  emptying: 'ends its jobs',
  switching: 'changes its program',
  proving: 'is back, and is watched',
  done: 'done',
  failed: 'failed',
  skipped: 'left out',
} as const;

export type Member = UpdateView['workers'][number];

export function memberLine({ name, offline, state, why }: Member): string {
  const said = state === 'waiting' && offline ? 'is offline: it follows when it returns' : words[state];
  return `${plain(name)}  ${said}${why ? `: ${plain(why)}` : ''}`;
}

export function updateTable({ phase, version, why, workers }: UpdateView): string {
  const rows = workers.map(({ class: className, name, offline, state, why }) => [
    name,
    className ?? '–',
    state === 'waiting' && offline ? 'offline' : words[state],
    why ?? '',
  ]);
  const head = `update to ${plain(version)}: ${phase}${why ? `, ${plain(why)}` : ''}`;
  return `${head}\n${plainTable(['NAME', 'CLASS', 'STATE', 'WHY'], rows)}`;
}
