// Which programs does this machine have? Looked for on the PATH, as a shell does.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export function programsOnPath(names: readonly string[], path: string | undefined): ReadonlySet<string> {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return new Set(names.filter((name) => folders.some((folder) => isProgram(join(folder, name)))));
}

/** Where it lies; null: nowhere on the PATH. */
export function programPath(name: string, path: string | undefined): string | null {
  const places = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return places.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
