// Does a plan of a rack say what Ansible would change, once for all hosts, and nothing else?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { ansiblePlaybook, rackEvent, rackPlan } from '../../../stacks/index.ts';

test('only lines of our own are events', () => {
  strictEqual(rackEvent('[WARNING]: something'), null);
  deepStrictEqual(rackEvent('MUSTER {"event": "changed", "host": "node1"}'), { event: 'changed', host: 'node1' });
});

test('one line for each thing, with its hosts and items, in the order in which it happens', () => {
  const changed = { event: 'changed', role: 'service', task: 'Copy its units' } as const;
  deepStrictEqual(
    rackPlan([
      { event: 'play', play: 'Workers' },
      { event: 'changed', role: 'host', task: 'Copy the release', host: 'node1', item: null },
      { ...changed, host: 'node2', item: 'b.service' },
      { ...changed, host: 'node1', item: 'a.service' },
      { event: 'failed', role: 'service', task: 'Start', host: 'node1' },
      { event: 'changed', role: 'leave', task: 'Stop them', host: 'node3', item: null },
    ]),
    [
      { mark: '~', subject: 'node1', what: 'host: copy the release', effect: '' },
      { mark: '~', subject: 'node1 node2', what: 'service: copy its units', effect: 'b.service a.service' },
      { mark: '-', subject: 'node3', what: 'leave: stop them', effect: '' },
    ],
  );
});

test('a check says so to Ansible, and a limit names its hosts', () => {
  const run = { check: true, limit: ['node1', 'node2'], folder: 'build/rack', variables: {} };
  deepStrictEqual(ansiblePlaybook('site', run).args, [
    ...['--inventory', 'build/rack/inventory.yml', '--check', '--diff'],
    ...['--limit', 'node1,node2', 'ansible/site.yml'],
  ]);
  deepStrictEqual(ansiblePlaybook('uninstall', { ...run, check: false, limit: [], variables: { a: '{{ b }}' } }).args, [
    ...['--inventory', 'build/rack/inventory.yml', '--extra-vars', '{"a":"{{ b }}"}', 'ansible/uninstall.yml'],
  ]);
});
