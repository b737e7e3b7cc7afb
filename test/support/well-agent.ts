// What does a well agent look like from outside? `node well-agent.ts STATE PROGRAM`: it serves /health, and ends with TERM.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const [state = '', program = ''] = process.argv.slice(2);
const release = /releases\/([0-9a-f]{12})\//.exec(program)?.[1] ?? null;
const server = createServer((_request, response) => response.end(JSON.stringify({ well: true, release })));
server.listen(0, '127.0.0.1', () => {
  writeFileSync(join(state, 'health'), `127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  writeFileSync(join(state, 'pid'), String(process.pid));
});
