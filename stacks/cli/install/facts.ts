// What is the host like that is to be installed? The same script asks this machine, and another one over ssh.
import { runCommand } from '../../drivers/shell.ts';
import { type InstallFacts, installFacts, lookAtHost, type SshHost } from '../../index.ts';
import { plain } from '../text.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { onHost } from '../workers/ssh-call.ts';

/** Null: this machine. */
export type Place = SshHost | null;

export const placeText = (place: Place): string => place?.destination ?? 'this machine';

/** As a command names it, with a space before it. */
export function placeWords(place: Place): string {
  if (place === null) return '';
  return ` ${place.destination}${place.port === null ? '' : ` --port ${place.port}`}`;
}

/** Runs a script for sh there; `onLine` hears what it says. Throws a Failure for any exit code but 0. */
export async function atPlace(
  io: Io,
  place: Place,
  script: string,
  why: string,
  onLine?: (line: string) => void,
): Promise<string> {
  if (place !== null) return onHost(io, place, script, why, onLine);
  const command = { program: 'sh', args: ['-s'], stdin: script, why };
  const told = onLine === undefined ? {} : { onLine };
  const { exitCode, output, stdout } = await runCommand(command, { cwd: io.root, env: io.env, ...told });
  if (exitCode === 0) return stdout;
  const last = plain(output.trim()).split('\n').slice(-8).join('\n  ');
  throw new Failure(exitCodes.failed, `to ${why} failed (exit ${exitCode})\n  ${last}`);
}

export async function factsAt(io: Io, place: Place): Promise<InstallFacts> {
  return installFacts(plain(await atPlace(io, place, lookAtHost, 'look at the host')));
}

/** The port that ssh goes to: what ~/.ssh/config says for this name counts too. */
export async function sshPortOf(io: Io, { destination, port }: SshHost): Promise<number> {
  if (port !== null) return port;
  const asked = { program: 'ssh', args: ['-G', '--', destination], why: 'read the settings of ssh' };
  const { stdout } = await runCommand(asked, { cwd: io.root, env: io.env });
  return Number(/^port (\d+)$/m.exec(stdout)?.[1] ?? 22);
}
