// Which cluster does the user mean? Finds cluster.yaml, reads it and decides it; problems are for the verb to show.
import { relative, resolve as resolvePath } from 'node:path';
import { readText } from '../drivers/text-file.ts';
import { type Cluster, type Host, type ParsedSpec, parseSpec, resolve } from '../index.ts';
import type { Problem } from '../spec/types.ts';
import { exitCodes, Failure, type Io } from './types.ts';

/** The spec's own limit; a larger file is not read to its end. */
const limitBytes = 1_048_576;

export type SpecFile = {
  /** As the user would name it from where they stand. */
  readonly file: string;
  readonly problems: readonly Problem[];
  /** Null when a problem is an error. */
  readonly cluster: Cluster | null;
  /** The same with what the spec leaves to the host sized for one; null as `cluster` is. */
  readonly on: ((host: Host) => Cluster) | null;
  readonly locate: ParsedSpec['locate'];
};

/** Reads FILE, or the clone's cluster.yaml; with `host`, workers larger than it are warnings. Throws a Failure. */
export async function readSpecFile(io: Io, named: string | undefined, host?: Host): Promise<SpecFile> {
  const path = named === undefined ? resolvePath(io.root, 'cluster.yaml') : resolvePath(io.cwd, named);
  const file = named ?? (relative(io.cwd, path) || path);
  const text = await readText(path, limitBytes).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'it is a folder'
          : code === 'EACCES'
            ? 'this user may not'
            : 'it is not text in UTF-8';
    throw new Failure(
      exitCodes.badInput,
      `cannot read ${file}: ${reason}`,
      'name the spec of a cluster, such as cluster.yaml',
      {
        cause,
      },
    );
  });
  const { spec, problems, locate } = parseSpec(text, file, host);
  const on = spec && ((machine: Host) => resolve(spec, machine));
  return { file, problems, cluster: spec && resolve(spec), on, locate };
}
