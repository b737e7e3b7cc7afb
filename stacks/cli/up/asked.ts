// What was asked for since the last `down`? `muster diff` compares with that, not with what nobody started.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const file = (home: string): string => join(home, 'run', 'asked.json');

/** Words of all `up --only`, each once; `null` once everything was asked for, `[]` when nothing was. */
export function askedFor(home: string): readonly string[] | null {
  return existsSync(file(home)) ? JSON.parse(readFileSync(file(home), 'utf8')) : [];
}

export function rememberAsked(home: string, only: readonly string[] | null): void {
  const before = askedFor(home);
  const words = before === null || only === null ? null : [...new Set([...before, ...only])].sort();
  mkdirSync(dirname(file(home)), { recursive: true, mode: 0o700 });
  writeFileSync(file(home), `${JSON.stringify(words)}\n`, { mode: 0o600 });
}

export function forgetAsked(home: string): void {
  rmSync(file(home), { force: true });
}
