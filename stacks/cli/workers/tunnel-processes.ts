// How do tunnels stay open without systemd? A supervisor of their own starts them again; after a reboot `muster up` does.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replacePrivate } from '../../drivers/private-files.ts';
import { ended, markedProcesses, marker, markerVariable, signal } from '../../drivers/processes.ts';
import type { Child } from '../../plans/types.ts';
import type { Io } from '../types.ts';

/** Longer than it gives its children. */
const stopMs = 15_000;

const folderIn = (home: string) => join(home, 'tunnels');
const listIn = (home: string) => join(folderIn(home), 'run', 'children.json');

export const tunnelLog = (home: string, name: string): string => join(folderIn(home), 'logs', `${name}.log`);

function listed(home: string): readonly Child[] {
  return existsSync(listIn(home)) ? JSON.parse(readFileSync(listIn(home), 'utf8')) : [];
}

export async function startProcess(io: Io, home: string, child: Child): Promise<void> {
  await apply(io, home, [...listed(home).filter(({ name }) => name !== child.name), child]);
}

export async function removeProcess(io: Io, home: string, name: string): Promise<void> {
  const others = listed(home).filter((child) => child.name !== name);
  if (others.length < listed(home).length) await apply(io, home, others);
}

async function apply({ root, env }: Io, home: string, children: readonly Child[]): Promise<void> {
  const folder = folderIn(home);
  replacePrivate(listIn(home), JSON.stringify(children, null, 2));
  const supervisors = markedProcesses(folder).filter(({ name }) => name === 'supervisor');
  if (children.length === 0) {
    for (const one of supervisors) signal(one, 'SIGTERM');
    await ended(supervisors, stopMs);
    const left = markedProcesses(folder);
    for (const one of left) signal(one, 'SIGKILL');
    await ended(left, stopMs);
    return;
  }
  for (const one of supervisors) signal(one, 'SIGHUP');
  if (supervisors.length > 0) return;
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  const log = openSync(join(folder, 'logs', 'supervisor.log'), 'a', 0o600);
  const script = join(root, 'services', 'supervisor', 'main.ts');
  const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...env, [markerVariable]: marker('supervisor', 'tunnels', folder) },
  });
  closeSync(log);
  started.unref();
}
