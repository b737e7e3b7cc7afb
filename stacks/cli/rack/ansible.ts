// Where is Ansible? The system's own where it is new enough, else the pinned one, fetched once into a cache of Muster's.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../../drivers/lock.ts';
import { type Outcome, runCommand } from '../../drivers/shell.ts';
// @ts-expect-error: plain JavaScript has no types.
import { cacheFolder } from '../node/find.js';
import { exitCodes, Failure, type Io } from '../types.ts';

type Say = (verb: string, what: string) => void;

const oldest = [2, 14] as const;
const oldestPython = [3, 11] as const;
const remedy = 'install Ansible 2.14 or newer: apt-get install ansible-core, or pipx install ansible-core';
const shownLines = 5;

function isAtLeast([major, minor]: readonly [number, number], found: RegExpExecArray | null): boolean {
  const [, first, second] = found ?? [];
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}

function call(io: Io, program: string, args: readonly string[], why: string): Promise<Outcome> {
  return runCommand({ program, args, why }, { cwd: io.root, env: { ...io.env, LC_ALL: 'C.UTF-8' } });
}

/** `ansible-playbook`, or the path of one that works. Throws a Failure where there is none and none can be had. */
export async function findAnsible(io: Io, say: Say): Promise<string> {
  const { exitCode, output } = await call(io, 'ansible-playbook', ['--version'], 'see whether Ansible is here');
  const found = /\[core (\d+)\.(\d+)/.exec(output);
  if (exitCode === 0 && isAtLeast(oldest, found)) return 'ansible-playbook';
  const state = exitCode === 127 ? 'missing' : found ? `${found[1]}.${found[2]}, which is too old` : 'broken';
  return await pinnedAnsible(io, `ansible-playbook is ${state}`, say);
}

async function pinnedAnsible(io: Io, lack: string, say: Say): Promise<string> {
  const list = join(io.root, 'ansible/requirements.txt');
  const text = readFileSync(list, 'utf8');
  const [, version = ''] = /^ansible-core==(\S+)/m.exec(text) ?? [];
  const folder = join(cacheFolder(io.env), `ansible-${version}`);
  const program = join(folder, 'bin/ansible-playbook');
  const sum = createHash('sha256').update(text).digest('hex');
  const ready = join(folder, 'muster-ready');
  const waiting = (pid: number) =>
    io.stderr.write(`muster: another one fetches Ansible (pid ${pid}); waiting for it\n`);
  // Its programs know where they lie, so the folder is made in its place, and a last file says that it is whole.
  await withLock(`${folder}.lock`, waiting, async () => {
    if (isReady(ready, sum)) return;
    await demandPython(io, lack);
    say('fetching', `Ansible ${version} (once, about 80 MB in ${folder})`);
    rmSync(folder, { recursive: true, force: true });
    const venv = await call(io, 'python3', ['-m', 'venv', folder], 'make a folder for it');
    if (venv.exitCode !== 0)
      throw lacking(lack, `python3 -m venv failed\n${last(venv)}`, 'apt-get install python3-venv');
    const words = ['install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:', '--require-hashes'];
    const pip = await call(io, join(folder, 'bin/python'), ['-m', 'pip', ...words, '--requirement', list], 'fetch it');
    if (pip.exitCode !== 0)
      throw lacking(lack, `it could not be fetched\n${last(pip)}`, 'see whether pip gets through');
    writeFileSync(ready, sum);
  });
  return program;
}

function isReady(file: string, sum: string): boolean {
  try {
    return readFileSync(file, 'utf8') === sum;
  } catch {
    return false;
  }
}

async function demandPython(io: Io, lack: string): Promise<void> {
  const { exitCode, output } = await call(io, 'python3', ['--version'], 'see whether Python is here');
  if (exitCode === 127)
    throw lacking(lack, 'python3, which would bring it, is missing', 'apt-get install python3-venv');
  if (exitCode === 0 && isAtLeast(oldestPython, /^Python (\d+)\.(\d+)/.exec(output))) return;
  const found = output.trim().replace(/^Python /, '');
  throw lacking(lack, `expected Python ${oldestPython.join('.')} or newer to bring it, found ${found}`);
}

const last = ({ output }: Outcome): string => output.trim().split('\n').slice(-shownLines).join('\n');

const lacking = (lack: string, why: string, first?: string): Failure =>
  new Failure(exitCodes.environment, `${lack}, and ${why}`, first === undefined ? remedy : `${first}; or ${remedy}`);
