// Which processes run on this machine? Those of containers are among them, seen from outside.
import { readdirSync, readFileSync } from 'node:fs';

export type HostProcess = {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly environment: string;
};

export function hostProcesses(): HostProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const read = (file: string): string => readFileSync(`/proc/${name}/${file}`, 'utf8');
        const stat = read('stat');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z') return [];
        const command = read('cmdline').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: Number(parent), command, environment: `\0${read('environ')}` }];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}
