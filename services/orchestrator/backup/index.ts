// What do `muster-orchestrator backup` and `restore` say, and with which code do they end?
import type { Settings } from '../settings.ts';
import { StoreFailure, storeFailure } from '../store/failure.ts';
import { version } from '../version.ts';
import { type Made, makeBackup } from './make.ts';
import { NotEmpty, type Restored, restoreBackup } from './restore.ts';
import { usages } from './usages.ts';
import { parseBackup, parseRestore } from './words.ts';

export type Ended = { readonly code: number; readonly out: string; readonly err: readonly string[] };

const codes = { words: 2, failed: 3, lacking: 4, untrusted: 5, locked: 6, notEmpty: 7 } as const;

const size = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;

const failed = (error: unknown): Ended => {
  if (error instanceof NotEmpty) return { code: codes.notEmpty, out: '', err: [error.message] };
  const known = error instanceof StoreFailure || typeof (error as { errcode?: unknown }).errcode === 'number';
  const { kind, message } = known ? storeFailure(error) : { kind: 'failed', message: (error as Error).message };
  const code = kind === 'untrusted' || kind === 'locked' ? codes[kind] : codes.failed;
  return { code, out: '', err: message.split('\n') };
};

const toldOfBackup = ({ damaged, folder, linked, manifest, removed }: Made, json: boolean): Ended => {
  const { files, jobs, missing } = manifest;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const facts = { folder, jobs, files: files.length, bytes, shared: linked, missing, removed, damaged };
  const made = `${folder}: ${count(jobs, 'job')}, ${count(files.length, 'file')}, ${size(bytes)}`;
  const shared = linked > 0 ? `, ${linked} of them shared with the backup before` : '';
  const gone = removed.length > 0 ? `; removed ${removed.join(' ')}` : '';
  return {
    code: missing.length > 0 ? codes.lacking : 0,
    out: json ? `${JSON.stringify(facts)}\n` : `${made}${shared}${gone}\n`,
    err: [
      ...damaged.map((name) => `${name} is not whole any more and is not counted; look at the disk, then remove it`),
      ...(missing.length > 0
        ? [`the state lacks ${count(missing.length, 'blob')} that jobs name, so does the backup: ${missing.join(' ')}`]
        : []),
    ],
  };
};

const toldOfRestore = ({ before, manifest }: Restored, state: string, json: boolean): Ended => {
  const { jobs, madeAt, missing } = manifest;
  const aside = before === null ? '' : `; the state of before is in ${before}`;
  return {
    code: 0,
    out: json
      ? `${JSON.stringify({ state, madeAt, jobs, missing, before })}\n`
      : `${state} is as it was at ${madeAt}, with ${count(jobs, 'job')}${aside}\n`,
    err: missing.length > 0 ? [`${count(missing.length, 'blob')} were missing then already`] : [],
  };
};

const ended = async (work: () => Promise<Ended>): Promise<Ended> => {
  process.umask(0o077);
  try {
    return await work();
  } catch (error) {
    return failed(error);
  }
};

export const runBackup = async (args: readonly string[], { stateFolder }: Settings): Promise<Ended> => {
  const told = parseBackup(args);
  if (told === 'help') return { code: 0, out: usages.backup, err: [] };
  if ('problem' in told) return { code: codes.words, out: '', err: [`backup: ${told.problem}`] };
  const { json, keep, to } = told.words;
  return ended(async () =>
    toldOfBackup(await makeBackup({ state: stateFolder, to, keep, wall: Date.now(), version }), json),
  );
};

export const runRestore = async (args: readonly string[], { stateFolder }: Settings): Promise<Ended> => {
  const told = parseRestore(args);
  if (told === 'help') return { code: 0, out: usages.restore, err: [] };
  if ('problem' in told) return { code: codes.words, out: '', err: [`restore: ${told.problem}`] };
  const { json, replace, set } = told.words;
  return ended(async () =>
    toldOfRestore(await restoreBackup({ set, state: stateFolder, replace, wall: Date.now() }), stateFolder, json),
  );
};
