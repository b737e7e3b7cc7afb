// Why can this host not have these services? Each with what was expected, what was found, and what to do.
import type { InstallChoice } from './install.ts';
import type { InstallFacts } from './install-facts.ts';

export type Unfit = { readonly message: string; readonly remedy: string };

const oldestSystemd = 252;
const machines = ['x86_64', 'aarch64'];
const containers = 'muster up, in containers or as local processes';

const pythonFrom = {
  debian: 'apt-get install python3',
  fedora: 'dnf install python3',
  arch: 'pacman -S python',
} as const;

/** The agent's installer looks for itself. */
export function unfitFor(
  facts: InstallFacts,
  choices: readonly InstallChoice[],
  ports: readonly number[],
): readonly Unfit[] {
  if (!choices.some(({ how }) => how === 'unit')) return [];
  const { distribution, family, hasPython, machine, root, system, systemdVersion, user } = facts;
  if (system !== 'Linux' || !machines.includes(machine)) {
    return [{ message: `expected Linux on x86_64 or aarch64, found ${system} on ${machine}`, remedy: containers }];
  }
  const found: Unfit[] = [];
  if (family === null) {
    const message = `expected Debian, Ubuntu, Fedora or Arch, or what is made from them, found ${distribution}`;
    found.push({ message, remedy: containers });
  }
  if (systemdVersion === null)
    found.push({ message: 'expected systemd, found another first process', remedy: containers });
  else if (systemdVersion < oldestSystemd) {
    const message = `expected systemd ${oldestSystemd} or newer, found ${systemdVersion}`;
    found.push({ message, remedy: 'a newer system, such as Debian 12, or muster up' });
  }
  if (!hasPython) found.push({ message: 'expected Python 3, found none', remedy: pythonFrom[family ?? 'debian'] });
  if (root === null) {
    const message = `expected root, or a user who may use sudo without a password, found ${user}`;
    found.push({ message, remedy: 'run it as root, or name root@HOST' });
  }
  const taken = ports.filter((port) => facts.ports.includes(port));
  if (taken.length > 0) {
    const message = `expected port ${taken.join(' and ')} to be free, found somebody listening there`;
    found.push({ message, remedy: 'stop that program, or change the port in cluster.yaml' });
  }
  return found;
}
