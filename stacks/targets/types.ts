// What does a target give back? Files, and findings about what it could not express.
import type { Service } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';
import type { Finding } from '../spec/types.ts';

/** A generated file: `path` is relative to the output folder, with `/`, without `..`. */
export type File = { readonly path: string; readonly text: string; readonly mode: number };

export type Rendered = { readonly files: readonly File[]; readonly findings: readonly Finding[] };

export type Target = {
  /** One line for `--help`. */
  readonly summary: string;
  /** Pure: the same cluster and services give the same bytes. `services` are sorted by name. */
  render(cluster: Cluster, services: readonly Service[]): Rendered;
};
