// Which addresses are public? Every edge of every range, and the ways to write an address that URL takes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicHost } from '../../../stacks/drivers/plain-http.ts';

/** As the agent asks: of what the URL makes of it. */
const publicOf = (hosts: readonly string[]): string[] =>
  hosts.filter((host) => isPublicHost(new URL(`http://${host}/`).hostname));

test('loopback, private, link-local and carrier-grade ranges are not public, to their last address', () => {
  const inside = [
    ...['127.0.0.1', '127.255.255.255', '10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255'],
    ...['192.168.0.0', '192.168.255.255', '169.254.0.0', '169.254.255.255', '100.64.0.0', '100.127.255.255'],
    ...['[::1]', '[fc00::]', '[fdff:ffff::1]', '[fe80::1]', '[febf::1]', '[::ffff:10.0.0.1]', '[::ffff:127.0.0.1]'],
    ...['0x7f.1', '2130706433', '0300.0250.1'],
  ];
  assert.deepEqual(publicOf(inside), []);
});

test('what lies beside them is public', () => {
  const outside = [
    ...['126.255.255.255', '128.0.0.0', '9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0'],
    ...['192.167.255.255', '192.169.0.0', '169.253.255.255', '169.255.0.0', '100.63.255.255', '100.128.0.0'],
    ...[
      '[::2]',
      '[fbff::1]',
      '[fe00::1]',
      '[fec0::1]',
      '[2001:db8::1]',
      '[::ffff:8.8.8.8]',
      '8.8.8.8',
      '0x08.0x08.0x08.0x08',
    ],
  ];
  assert.deepEqual(publicOf(outside), outside);
});

test('a single label and names of private zones are not public; every other name is', () => {
  const inside = ['localhost', 'orchestrator', 'orchestrator.', 'LOCALHOST', 'home.localhost', 'node1.local'];
  assert.deepEqual(publicOf([...inside, 'node1.LOCAL.', 'host.docker.internal', 'a.b.internal']), []);
  const outside = ['example.org', 'ai.example.org', 'local.example.org', 'node1.lan', 'notlocal.xlocal', 'a.locals'];
  assert.deepEqual(publicOf(outside), outside);
});
