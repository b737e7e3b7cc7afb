// What does a target give back? Files, and findings about what it could not express.
import type { Config, Service } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';
import type { Finding } from '../spec/types.ts';

/** A generated file: `path` is relative to the output folder, with `/`, without `..`. */
export type File = { readonly path: string; readonly text: string; readonly mode: number };

/** A file below the secrets folder, there or still to be made or brought. */
export type StoredSecret = { readonly path: string; readonly isToken: boolean };

export type Rendered = { readonly files: readonly File[]; readonly findings: readonly Finding[] };

export type Target = {
  /** One line for `--help`. */
  readonly summary: string;
  /** Pure: the same input gives the same bytes. `services` are sorted by name, `configs` by path; it places both. */
  render(
    cluster: Cluster,
    services: readonly Service[],
    configs: readonly Config[],
    secrets?: readonly StoredSecret[],
  ): Rendered;
};
