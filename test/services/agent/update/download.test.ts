// Does the new program come whole and as it was signed, or not at all?
import { deepStrictEqual, rejects, strictEqual } from 'node:assert';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { downloadProgram } from '../../../../services/agent/update/download.ts';
import type { Client } from '../../../../services/agent/wire/client.ts';
import { afterTest } from '../../orchestrator/support/cleanup.ts';
import { temporaryFolder } from '../../orchestrator/support/orchestrator.ts';

const program = Buffer.from('the new agent '.repeat(10_000));
const wanted = { sha256: createHash('sha256').update(program).digest('hex'), bytes: program.length };

type Answer = (response: ServerResponse, tries: number) => void;

/** A server that answers so, and a client that does not wait between its tries. */
const place = async (t: TestContext, answer: Answer) => {
  let tries = 0;
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    answer(response, ++tries);
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  afterTest(t, () => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = (path: string) =>
    new Promise<IncomingMessage>((resolve, reject) =>
      get({ host: '127.0.0.1', port, path, agent: false }, resolve).once('error', reject),
    );
  const client = { open, pause: async (failures: number) => failures + 1 } as unknown as Client;
  const file = join(temporaryFolder(t), 'program');
  const fetched = () => downloadProgram(client, wanted, file, new AbortController().signal);
  return { fetched, file, paths, tries: () => tries };
};

test('it is asked for by its checksum, and lies there as it was signed', async (t) => {
  const { fetched, file, paths } = await place(t, (response) => response.end(program));
  await fetched();
  deepStrictEqual(readFileSync(file), program);
  deepStrictEqual(paths, [`/api/v1/agent/program/${wanted.sha256}`]);
});

test('a download that breaks off is begun again', async (t) => {
  const { fetched, file, tries } = await place(t, (response, number) => {
    if (number > 2) return response.end(program);
    response.writeHead(200, { 'content-length': program.length });
    response.write(program.subarray(0, 1000), () => response.destroy());
  });
  await fetched();
  deepStrictEqual([readFileSync(file).length, tries()], [program.length, 3]);
});

const bad: readonly (readonly [string, Buffer, RegExp])[] = [
  ['one byte short', program.subarray(1), /ended after 139999 of 140000 bytes/],
  ['one byte more', Buffer.concat([program, Buffer.from('x')]), /larger than the 140000 bytes that were signed/],
  ['another byte', Buffer.concat([Buffer.from('T'), program.subarray(1)]), /another SHA-256 than was signed/],
];
for (const [what, bytes, why] of bad)
  test(`${what}: refused after five tries, and nothing is left`, async (t) => {
    const { fetched, file, tries } = await place(t, (response) => response.end(bytes));
    await rejects(fetched(), why);
    deepStrictEqual([existsSync(file), tries()], [false, 5]);
  });

test('an answer that no repetition changes is the last one', async (t) => {
  const { fetched, tries } = await place(t, (response) => response.writeHead(403).end());
  await rejects(fetched(), /the orchestrator answered 403/);
  strictEqual(tries(), 1);
});
