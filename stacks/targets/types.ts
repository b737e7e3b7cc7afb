// What does a target give back? Files, and findings about what it could not express.
import type { Config, Service } from '../catalog/types.ts';
import type { CloudName, Cluster, RackHost } from '../cluster/types.ts';
import type { Surroundings } from '../configs/types.ts';
import type { Finding } from '../spec/types.ts';

/** A generated file: `path` is relative to the output folder, with `/`, without `..`. */
export type File = { readonly path: string; readonly text: string; readonly mode: number };

/** A file below the secrets folder, there or still to be made or brought. */
export type StoredSecret = { readonly path: string; readonly isToken: boolean; readonly isBrought?: true };

export type Rendered = { readonly files: readonly File[]; readonly findings: readonly Finding[] };

/** A host of the rack: what it runs, and what that reads there. */
export type HostForm = {
  readonly host: RackHost;
  readonly services: readonly Service[];
  readonly at: Surroundings;
  readonly configs: readonly Config[];
};

/** What machines of a pool are told, in one of the forms that they read. */
export type UserData = {
  readonly pool: string;
  readonly cloud: CloudName;
  readonly form: 'cloud-config' | 'script';
  readonly text: string;
  /** As long as the real one: nobody said what is offered. */
  readonly isDraft: boolean;
};

export type Target = {
  /** One line for `--help`. */
  readonly summary: string;
  /** Its files lie outside version control, and are written for who names it. */
  readonly onDemand?: true;
  /** Pure: the same input gives the same bytes. `services` are sorted by name, `configs` by path; it places both. `rack` and `rented` give the hosts. */
  render(
    cluster: Cluster,
    services: readonly Service[],
    configs: readonly Config[],
    secrets?: readonly StoredSecret[],
    rack?: () => readonly HostForm[],
    rented?: () => readonly UserData[],
  ): Rendered;
};
