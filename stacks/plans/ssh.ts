// How is another machine reached by the system's ssh? A checked destination is all of it that stands among the arguments.
import type { Command } from './types.ts';

export type SshHost = {
  /** `user@host`, `host`, or a name of ~/.ssh/config. */
  readonly destination: string;
  /** Null: as ~/.ssh/config says, else 22. */
  readonly port: number | null;
};

/** A remote port of the host's loopback that leads to `target`, as this machine reaches it. */
export type Tunnel = { readonly port: number; readonly target: { readonly host: string; readonly port: number } };

/** Nothing that ssh, a shell or systemd would read as more than a name. */
const destinationForm = /^(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,62}@)?[A-Za-z0-9:][A-Za-z0-9._:-]{0,253}$/;

export const isDestination = (text: string): boolean => destinationForm.test(text);

const settings = (...pairs: readonly string[]): readonly string[] => pairs.flatMap((pair) => ['-o', pair]);

/** It never asks: nobody could answer where a script is on stdin, or at the start of a machine. */
const quiet = settings('BatchMode=yes', 'ConnectTimeout=10', 'ControlMaster=no', 'ControlPath=none');
/** A connection without an answer for half a minute is over. */
const watched = settings('ServerAliveInterval=10', 'ServerAliveCountMax=3');

function to({ destination, port }: SshHost): readonly string[] {
  if (!isDestination(destination)) throw new Error(`no destination of ssh: ${JSON.stringify(destination)}`);
  return [...(port === null ? [] : ['-p', String(port)]), '--', destination];
}

/** The script goes by stdin, and with it everything that is secret or was typed by somebody. */
export function sshScript(host: SshHost, script: string, why: string): Command {
  const plain = settings('ClearAllForwardings=yes', 'RemoteCommand=none');
  return { program: 'ssh', args: ['-T', ...quiet, ...watched, ...plain, ...to(host), 'sh -s'], stdin: script, why };
}

/** Ends when the connection breaks or the port is taken: whoever keeps it alive starts it again. */
export function sshTunnel(host: SshHost, { port, target }: Tunnel): readonly string[] {
  const forward = ['-R', `127.0.0.1:${port}:${target.host}:${target.port}`];
  return ['-N', '-T', ...quiet, ...watched, ...settings('ExitOnForwardFailure=yes'), ...forward, ...to(host)];
}
