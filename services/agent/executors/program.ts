// Which file is the program of a job? Looked up as execvp(3) does, in the job's folder and on its PATH.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { CannotStart } from './types.ts';

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** The absolute path of a job's program, looked up as execvp(3) does. Throws CannotStart, naming the program. */
export const findProgram = (name: string, work: string, path: string): string => {
  const places = name.includes('/')
    ? [resolve(work, name)]
    : path.split(delimiter).map((at) => resolve(work, at, name));
  const found = places.find(isProgram);
  if (found !== undefined) return found;
  const why = name.includes('/') ? 'no such file, or it is not executable' : `not found on PATH (${path})`;
  throw new CannotStart(`cannot start ${JSON.stringify(name)}: ${why}`);
};
