// Which services come up? Those of the profiles or names that are asked for, with what they need.
import type { Service } from '../catalog/types.ts';

export type Asked = {
  /** Profiles and names of services; null: everything. */
  readonly only: readonly string[] | null;
  /** An orchestrator elsewhere is used: the one of the cluster stays out. */
  readonly elsewhere: boolean;
  /** Services that this host cannot give their GPUs. */
  readonly lacking: readonly string[];
};

export type Selection = {
  /** Sorted by name. */
  readonly services: readonly Service[];
  /** Services that were asked for by their own name, not by a profile: they must not fail in silence. */
  readonly named: ReadonlySet<string>;
  /** Words that no profile and no service is called. */
  readonly unknown: readonly string[];
  /** What may be asked for. */
  readonly known: readonly string[];
};

const profiles = ['workers', 'ai', 'monitoring', 'gpu'];

/** `workers` comes up first and must be well; whatever else is sick only degrades the cluster. */
export const isCore = ({ profile }: Service): boolean => profile === 'workers';

export function select(all: readonly Service[], { elsewhere, lacking, only }: Asked): Selection {
  const possible = all.filter(
    ({ local, name, targets }) => targets.includes('compose') && !(local && elsewhere) && !lacking.includes(name),
  );
  const here = all.filter(({ targets }) => targets.includes('compose'));
  const known = [...profiles, ...here.map(({ name }) => name)];
  const asksFor = (words: readonly string[], { gpus, name, profile }: Service): boolean =>
    words.includes(name) || words.includes(profile) || (gpus.kind === 'count' && words.includes('gpu'));
  const chosen = new Set(possible.filter((each) => only === null || asksFor(only, each)).map(({ name }) => name));
  // What they need, and what that needs.
  for (const name of chosen) {
    const { dependsOn = [] } = possible.find((each) => each.name === name) ?? {};
    for (const { service } of dependsOn) if (possible.some((each) => each.name === service)) chosen.add(service);
  }
  return {
    services: possible.filter(({ name }) => chosen.has(name)),
    named: new Set((only ?? []).filter((word) => here.some(({ name }) => name === word))),
    unknown: (only ?? []).filter((word) => !known.includes(word)),
    known,
  };
}
