// Can the hosts of the rack be a swarm? One needs managers, an odd number of them.
import { mistake } from './findings.ts';
import type { Finding, RackHostSpec } from './types.ts';

export function checkRackSwarm(hosts: readonly (readonly [name: string, host: RackHostSpec])[]): readonly Finding[] {
  const named = (role: RackHostSpec['swarm']): readonly string[] =>
    hosts.filter(([, { swarm }]) => swarm === role).map(([name]) => name);
  const [managers, workers] = [named('manager'), named('worker')];
  if (managers.length === 0) {
    return workers.slice(0, 1).map((first) => {
      const message = `expected a manager for the swarm of ${workers.join(', ')}, got none`;
      return mistake(['rack', 'hosts', first, 'swarm'], message, 'write "swarm: manager" for one host');
    });
  }
  const alone = hosts.find(([, { address, swarm }]) => swarm !== undefined && address.startsWith('127.'));
  if (alone !== undefined) {
    const message = `expected an address that others of the swarm reach, got ${alone[1].address}`;
    return [mistake(['rack', 'hosts', alone[0], 'address'], message, 'write its private address')];
  }
  if (managers.length % 2 === 1) return [];
  const message = `expected an odd number of managers, got ${managers.length} (${managers.join(', ')}): more than half must live`;
  const last = managers.at(-1) ?? '';
  return [
    mistake(['rack', 'hosts', last, 'swarm'], message, 'write "swarm: worker" for one of them, or one manager more'),
  ];
}
