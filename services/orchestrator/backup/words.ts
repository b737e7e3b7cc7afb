// What may be written behind `muster-orchestrator backup` and `restore`?
import { parseArgs } from 'node:util';

export type BackupWords = { readonly to: string; readonly keep: number; readonly json: boolean };
export type RestoreWords = { readonly set: string; readonly replace: boolean; readonly json: boolean };
type Parsed<Words> = { readonly words: Words } | { readonly problem: string } | 'help';

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;
const always = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const;

const parsed = <Words>(
  args: readonly string[],
  options: Options,
  wordsOf: (values: Readonly<Record<string, unknown>>, rest: readonly string[]) => Words | string,
): Parsed<Words> => {
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help === true) return 'help';
    const words = wordsOf(values, positionals);
    return typeof words === 'string' ? { problem: words } : { words };
  } catch (error) {
    return { problem: (error as Error).message };
  }
};

export const parseBackup = (args: readonly string[]): Parsed<BackupWords> =>
  parsed(args, { ...always, to: { type: 'string' }, keep: { type: 'string' } }, ({ json, keep, to }, [extra]) => {
    if (extra !== undefined) return `expected no ${JSON.stringify(extra)}; write --to ${JSON.stringify(extra)}`;
    if (typeof to !== 'string' || to === '') return 'expected --to FOLDER, got nothing';
    const count = Number(keep ?? 7);
    if (!/^\d+$/.test(String(keep ?? 7)) || count < 1 || count > 1000)
      return `--keep: expected a number from 1 to 1000, got ${JSON.stringify(keep)}`;
    return { to, keep: count, json: json === true };
  });

export const parseRestore = (args: readonly string[]): Parsed<RestoreWords> =>
  parsed(args, { ...always, replace: { type: 'boolean' } }, ({ json, replace }, [set, extra]) => {
    if (set === undefined) return 'expected the FOLDER of a backup, got nothing';
    if (extra !== undefined) return `expected one FOLDER, got ${JSON.stringify(extra)} too`;
    return { set, replace: replace === true, json: json === true };
  });
