// What does a host say to a script that comes over ssh? Its answer, or a Failure that says what to try by hand.
import { runCommand } from '../../drivers/shell.ts';
import { type SshHost, sshScript } from '../../index.ts';
import { plain } from '../text.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { hostText, portFlag } from './ssh-hosts.ts';

/** ssh itself failed; a script of ours never ends with it. */
const notThere = 255;
const shownLines = 8;

/** What it printed on stdout. Throws a Failure for any exit code but 0. */
export async function onHost(
  io: Io,
  host: SshHost,
  script: string,
  why: string,
  onLine?: (line: string) => void,
): Promise<string> {
  const told = onLine === undefined ? {} : { onLine };
  const command = sshScript(host, script, why);
  const { exitCode, output, stdout } = await runCommand(command, { cwd: io.root, env: io.env, ...told });
  if (exitCode === 0) return stdout;
  if (exitCode === 127 && !output.includes('muster')) {
    throw new Failure(exitCodes.environment, `to ${why} failed: ssh or sh is missing`, 'install openssh-client');
  }
  const last = plain(output.trim()).split('\n').slice(-shownLines);
  const lines = last.map((line) => `\n  ${line.trimEnd()}`).join('');
  const byHand = `ssh${portFlag(host, '-p')} ${host.destination} true`;
  if (exitCode === notThere) {
    const message = `ssh does not get to ${hostText(host)}${lines}`;
    throw new Failure(exitCodes.environment, message, `this must work without a question: ${byHand}`);
  }
  throw new Failure(exitCodes.failed, `to ${why} failed on ${hostText(host)} (exit ${exitCode})${lines}`);
}

export type HostFacts = {
  readonly system: string;
  readonly machine: string;
  readonly user: string;
  readonly hasSystemd: boolean;
  /** The agent there ends when its user is signed out. */
  readonly isFleeting: boolean;
  /** Ports on which somebody listens. */
  readonly ports: ReadonlySet<number>;
};

const look = `
echo "muster-host system $(uname -s)"
echo "muster-host machine $(uname -m)"
echo "muster-host user $(id -un)"
[ ! -d /run/systemd/system ] || echo 'muster-host systemd yes'
lingers() { [ "$(loginctl show-user "$(id -un)" --property=Linger --value 2>/dev/null)" = yes ]; }
export XDG_RUNTIME_DIR="\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
if [ "$(id -u)" -ne 0 ] && systemctl --user --quiet is-enabled muster-agent.service 2>/dev/null && ! lingers; then
  echo 'muster-host fleeting yes'
fi
sed -n 's/^ *[0-9]*: [0-9A-F]*:\\([0-9A-F]*\\) [0-9A-F]*:[0-9A-F]* 0A .*/muster-host port \\1/p' /proc/net/tcp /proc/net/tcp6 2>/dev/null
exit 0
`;

export async function factsOf(io: Io, host: SshHost): Promise<HostFacts> {
  const said = await onHost(io, host, look, 'look at the host');
  const all = (key: string) =>
    [...said.matchAll(new RegExp(`^muster-host ${key} (.*)$`, 'gm'))].map(([, value]) => plain(value as string));
  return {
    system: all('system')[0] ?? 'unknown',
    machine: all('machine')[0] ?? 'unknown',
    user: all('user')[0] ?? 'unknown',
    hasSystemd: all('systemd').length > 0,
    isFleeting: all('fleeting').length > 0,
    ports: new Set(all('port').map((hex) => Number.parseInt(hex, 16))),
  };
}
