// How does the plan of an installation read? The host, each service with its reason and place, and what is closed.
import type { InstallChoice, InstallFacts, InstallPlace, PlanLine } from '../../index.ts';
import { counted } from '../output.ts';

export function hostLine(facts: InstallFacts, called: string): string {
  const { cpus, distribution, gpus, machine, memoryMiB, systemdVersion } = facts;
  const parts = [
    distribution,
    systemdVersion === null ? 'without systemd' : `systemd ${systemdVersion}`,
    machine,
    counted(cpus, 'CPU'),
    `${(memoryMiB / 1024).toFixed(1)} GiB`,
    gpus === 0 ? 'no GPU' : counted(gpus, 'GPU'),
  ];
  return `muster: ${called}: ${parts.join(', ')}`;
}

/** Marks: `+` comes, `=` is there, `·` is left out. */
export function serviceLines(
  choices: readonly InstallChoice[],
  places: readonly InstallPlace[],
  there: readonly string[],
): readonly PlanLine[] {
  return choices.map(({ how, service, why }) => {
    if (how === null) return { mark: '·', subject: service, what: `left out: ${why}`, effect: '' };
    const place = places.find((each) => each.service === service);
    const effect = [...(place?.listens ?? []), place?.program ?? '', place?.state ?? ''].filter((part) => part !== '');
    return { mark: there.includes(service) ? '=' : '+', subject: service, what: why, effect: effect.join('  ') };
  });
}

/** What others reached before and will not; none once the firewall is there. */
export function closedPorts(
  facts: InstallFacts,
  places: readonly InstallPlace[],
  sshPort: number,
): readonly PlanLine[] {
  const own = new Set([sshPort, ...places.flatMap(({ ports }) => ports)]);
  const closed = facts.ports.filter((port) => !own.has(port));
  if (closed.length === 0) return [];
  const what = `closes ports on which somebody listens: ${closed.join(' ')}`;
  return [{ mark: '!', subject: 'firewall', what, effect: '--no-firewall leaves them' }];
}

export const whereAll =
  '  units in /etc/systemd/system, programs in /opt/muster, configs and secrets in /etc/muster, data in /var/lib/muster';
