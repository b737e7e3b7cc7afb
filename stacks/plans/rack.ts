// What happens on a rack? The commands that ask Ansible, what it tells while it works, and the lines of a plan.
import type { PlanLine } from './swarm-plan.ts';
import type { Command } from './types.ts';

export type Playbook = 'site' | 'uninstall';

/** Printed by ansible/callback_plugins/muster_events.py, a line each. */
export type RackEvent = {
  readonly event: 'play' | 'task' | 'changed' | 'failed' | 'unreachable' | 'end';
  readonly play?: string;
  readonly role?: string;
  readonly task?: string;
  readonly host?: string;
  readonly item?: string | null;
  readonly words?: string;
};

const mark = 'MUSTER ';

/** Null for a line of anybody else. */
export function rackEvent(line: string): RackEvent | null {
  if (!line.startsWith(mark)) return null;
  return JSON.parse(line.slice(mark.length)) as RackEvent;
}

export type PlaybookRun = {
  readonly check: boolean;
  /** Hosts; none: all of them. */
  readonly limit: readonly string[];
  /** Where what was rendered lies: below the clone. */
  readonly folder: string;
  /** What counts more than inventory and host_vars; no secrets. */
  readonly variables: Readonly<Record<string, string | number | boolean>>;
};

export function ansiblePlaybook(playbook: Playbook, { check, folder, limit, variables }: PlaybookRun): Command {
  return {
    program: 'ansible-playbook',
    args: [
      ...['--inventory', `${folder}/inventory.yml`],
      ...(check ? ['--check', '--diff'] : []),
      ...(limit.length > 0 ? ['--limit', limit.join(',')] : []),
      ...(Object.keys(variables).length > 0 ? ['--extra-vars', JSON.stringify(variables)] : []),
      `ansible/${playbook}.yml`,
    ],
    why: playbook === 'site' ? 'bring the rack in line' : 'take Muster off the rack',
  };
}

const most = 3;
const listed = (all: readonly string[]): string =>
  all.length > most ? `${all.slice(0, most).join(' ')} … (${all.length})` : all.join(' ');

/** One line for each thing to do, with the hosts on which it is done, in the order in which it happens. */
export function rackPlan(events: readonly RackEvent[]): readonly PlanLine[] {
  const lines = new Map<string, { what: string; hosts: Set<string>; items: Set<string> }>();
  for (const { event, host = '', item, role = '', task = '' } of events) {
    if (event !== 'changed') continue;
    const what = role === '' ? task : `${role}: ${lowered(task)}`;
    const line = lines.get(what) ?? { what, hosts: new Set(), items: new Set() };
    line.hosts.add(host);
    if (item) line.items.add(item);
    lines.set(what, line);
  }
  return [...lines.values()].map(({ hosts, items, what }) => ({
    mark: /^leave\b/.test(what) ? '-' : '~',
    subject: listed([...hosts].sort()),
    what,
    effect: listed([...items]),
  }));
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
