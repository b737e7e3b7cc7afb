// What stands in for ssh and a host behind it? A script on the PATH that runs the remote part here, in a home of its own.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { markedProcesses, signal } from '../../stacks/drivers/processes.ts';
import { afterTest } from '../services/orchestrator/support/cleanup.ts';
import { root } from './sources.ts';

const marker = 'MUSTER_SUPERVISED';

/** Forwards as `ssh -N -R` does, from this machine to this machine. */
const forwarding = `
const [, from, host, to] = process.argv.join(' ').match(/-R 127.0.0.1:(\\d+):([^ ]+):(\\d+)/);
const net = require('node:net');
net.createServer((near) => {
  const far = net.connect(Number(to), host);
  for (const [one, other] of [[near, far], [far, near]]) {
    one.pipe(other);
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}).listen(Number(from), '127.0.0.1').on('error', () => process.exit(255));
`;

/** An installer that starts the real agent from this clone, and takes it away again. */
const installer = `#!/bin/sh
main() {
  here=$HOME/.local/share/muster
  mkdir -p "$here"
  printf '%s\\n' "$invite" >"$here/invite"
  cat >"$here/agent-install.sh" <<'END'
pid=$(cat "$HOME/.local/share/muster/pid")
kill "$pid"
# Until its end it writes into what goes.
while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
rm -r "$HOME/.local"
END
  printf '%s\\n' "$@" >"$HOME/told"
  [ ! -e "$HOME/refuse" ] || { echo 'muster: this machine does not fit' >&2; exit 3; }
  MUSTER_ORCHESTRATOR_URL=$2 MUSTER_INVITE_FILE=$here/invite MUSTER_STATE=$here/state MUSTER_HEALTH=127.0.0.1:0 \\
    MUSTER_GPUS=none setsid '${process.execPath}' --disable-warning=ExperimentalWarning '${root}/services/agent/main.ts' >"$here/log" 2>&1 &
  echo $! >"$here/pid"
  echo 'muster: this machine is a worker'
}
main "$@" </dev/null
`;

export type SshStandIn = {
  readonly installer: string;
  /** The home of the user on the host. */
  readonly hostHome: string;
  /** The arguments of each call so far. */
  readonly calls: () => readonly (readonly string[])[];
  /** From now on each call fails with these words, as ssh does; null: no more. */
  readonly fail: (words: string | null) => void;
};

/** For PATH and programs of this process until the test ends. */
export function sshStandIn(t: TestContext, folder: string): SshStandIn {
  const [bin, far, hostHome] = ['bin', 'far', 'host'].map((name) => join(folder, name)) as [string, string, string];
  for (const each of [bin, far, hostHome]) mkdirSync(each);
  const [log, broken] = [join(folder, 'calls'), join(folder, 'broken')];
  const write = (path: string, text: string) => {
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  };
  writeFileSync(join(folder, 'forward.cjs'), forwarding);
  write(
    join(bin, 'ssh'),
    `#!/bin/sh
{ printf '%s\\0' "$@"; printf '\\n'; } >>'${log}'
[ ! -e '${broken}' ] || { cat '${broken}' >&2; exit 255; }
case $1 in -N) exec '${process.execPath}' '${folder}/forward.cjs' "$@" ;; *) ;; esac
for last; do :; done
exec env -i ${marker}="far@test@$0" HOME='${hostHome}' PATH='${far}:${process.env.PATH}' sh -c "$last"
`,
  );
  // The tests may run as root, which has other places.
  write(join(far, 'id'), `#!/bin/sh\ncase $1 in -un) echo pat ;; *) echo 1000 ;; esac\n`);
  const path = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  afterTest(t, () => {
    process.env.PATH = path;
    for (const one of markedProcesses(join(bin, 'ssh'))) signal(one, 'SIGKILL');
    for (const one of markedProcesses(join(folder, 'home', 'tunnels'))) signal(one, 'SIGKILL');
  });
  return {
    installer,
    hostHome,
    calls: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .split('\0\n')
            .slice(0, -1)
            .map((line) => line.split('\0'))
        : [],
    fail: (words) => {
      if (words === null) rmSync(broken, { force: true });
      else writeFileSync(broken, words);
    },
  };
}
