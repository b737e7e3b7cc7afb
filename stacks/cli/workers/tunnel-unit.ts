// How does systemd of this machine keep a tunnel open? A unit that starts again for ever, and with the machine.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../drivers/shell.ts';
import { formatUnit } from '../../index.ts';
import { runOrFail } from '../commands.ts';
import type { Io } from '../types.ts';

/** Root's units start with the machine; those of a user do so where that user may linger. */
type Manager = { readonly folder: string; readonly flags: readonly string[]; readonly target: string };

function managerOf({ env }: Io): Manager {
  if (process.getuid?.() === 0) return { folder: '/etc/systemd/system', flags: [], target: 'multi-user.target' };
  const folder = join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'systemd/user');
  return { folder, flags: ['--user'], target: 'default.target' };
}

const systemctl = (flags: readonly string[], ...words: readonly string[]) => ({
  program: 'systemctl',
  args: [...flags, ...words],
  why: 'tell systemd of the tunnel',
});

/** Whether this user has a systemd to ask. */
export async function hasSystemd(io: Io): Promise<boolean> {
  if (!existsSync('/run/systemd/system')) return false;
  const { exitCode } = await runCommand(systemctl(managerOf(io).flags, 'show-environment'), {
    cwd: io.root,
    env: io.env,
  });
  return exitCode === 0;
}

export function tunnelUnit(about: string, program: string, args: readonly string[], target: string): string {
  return formatUnit('Made by `muster workers add --tunnel`; `muster workers remove` takes it away.', [
    {
      name: 'Unit',
      lines: [
        ['Description', { text: about }],
        ['Wants', { words: ['network-online.target'] }],
        ['After', { words: ['network-online.target'] }],
        ['StartLimitIntervalSec', 0],
      ],
    },
    {
      name: 'Service',
      lines: [
        ['ExecStart', { program, arguments: args }],
        ['Restart', { words: ['always'] }],
        ['RestartSec', { seconds: 5 }],
        ['NoNewPrivileges', true],
      ],
    },
    { name: 'Install', lines: [['WantedBy', { words: [target] }]] },
  ]);
}

/** Gives a word for what lasts less than it should; null: it comes back after a reboot. */
export async function startUnit(
  io: Io,
  name: string,
  about: string,
  program: string,
  args: readonly string[],
): Promise<string | null> {
  const { flags, folder, target } = managerOf(io);
  const file = join(folder, name);
  const text = tunnelUnit(about, program, args, target);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    await removeUnit(io, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    await runOrFail(io, systemctl(flags, 'daemon-reload'));
  }
  await runOrFail(io, systemctl(flags, 'enable', '--quiet', '--now', '--', name));
  if (flags.length === 0) return null;
  const linger = {
    program: 'loginctl',
    args: ['enable-linger', '--', userInfo().username],
    why: 'keep units of a user',
  };
  const { exitCode } = await runCommand(linger, { cwd: io.root, env: io.env });
  return exitCode === 0 ? null : 'while you are signed in: you may not linger (loginctl enable-linger)';
}

export async function removeUnit(io: Io, name: string): Promise<void> {
  const { flags, folder } = managerOf(io);
  if (!existsSync(join(folder, name))) return;
  await runOrFail(io, systemctl(flags, 'disable', '--quiet', '--now', '--', name));
  rmSync(join(folder, name));
  await runOrFail(io, systemctl(flags, 'daemon-reload'));
}
