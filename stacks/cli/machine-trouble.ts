// Is an error the machine's trouble and no bug? A full disk, a missing right: one sentence, a remedy, exit code 3.
import { BundleError } from '../drivers/bundle.ts';
import { exitCodes, Failure } from './types.ts';

const freeSome = 'free some space there and try again; or another folder for the cluster: MUSTER_HOME=FOLDER';
const troubles: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['the disk is full', freeSome],
  EDQUOT: ['the quota of this user is used up', freeSome],
  EROFS: ['the disk can only be read', 'another folder for the cluster: MUSTER_HOME=FOLDER'],
  EACCES: ['this user may not do that', 'run it as the owner of that file, or with another folder: MUSTER_HOME=FOLDER'],
};

/** The Failure to print, with the path that it is about; null for everything else. */
export function machineTrouble(error: unknown): Failure | null {
  if (error instanceof BundleError) {
    const isFull = /no space left on device/i.test(error.message);
    const sentence = isFull ? 'the disk is full' : 'the daemons cannot be bundled';
    const remedy = isFull ? freeSome : 'mend the source that is named, and try again';
    const code = isFull ? exitCodes.environment : exitCodes.failed;
    return new Failure(code, `${sentence}:\n  ${error.message.replaceAll('\n', '\n  ')}`, remedy, { cause: error });
  }
  const { code = '', dest, path, syscall } = (error ?? {}) as NodeJS.ErrnoException & { dest?: string };
  const known = syscall === undefined ? undefined : troubles[code];
  if (!known) return null;
  const [sentence, remedy] = known;
  return new Failure(exitCodes.environment, `${sentence} (${[syscall, dest ?? path].join(' ').trim()})`, remedy, {
    cause: error,
  });
}
