// Is a taken port noticed, and its owner named?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { isPortFree, portOwner } from '../../../stacks/drivers/ports.ts';

test('a port on which we listen is taken, by us; a closed one is free', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  strictEqual(await isPortFree(port), false);
  const program = readFileSync('/proc/self/comm', 'utf8').trim();
  deepStrictEqual(portOwner(port), { program, pid: process.pid });
  server.close();
  await once(server, 'close');
  strictEqual(await isPortFree(port), true);
  strictEqual(portOwner(port), null);
});
