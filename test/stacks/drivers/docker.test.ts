// Is an engine that is not there, or may not be used, an answer and not a crash?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { findEngine, smallerVersion } from '../../../stacks/drivers/docker.ts';
import { ownFolder } from '../../support/folder.ts';

test('the smaller API version is spoken', () => {
  deepStrictEqual(
    [smallerVersion('1.41', '1.44'), smallerVersion('1.52', '1.44'), smallerVersion('1.9', '1.44')],
    ['1.41', '1.44', '1.9'],
  );
});

test('a socket that is not there is absent, with the reason', async (t) => {
  const where = `unix://${join(ownFolder(t), 'docker.sock')}`;
  deepStrictEqual(await findEngine({ DOCKER_HOST: where }), { state: 'absent', where, why: 'no such file' });
});

test('what answers as an engine is used in its own version', async (t) => {
  const socket = join(ownFolder(t), 'docker.sock');
  const paths: string[] = [];
  const server = createServer((request, reply) => {
    paths.push(request.url ?? '');
    reply.setHeader('content-type', 'application/json');
    reply.end(JSON.stringify({ ApiVersion: '1.41', Version: '20.10.24' }));
  }).listen(socket);
  t.after(() => server.close());
  await once(server, 'listening');
  const engine = await findEngine({ DOCKER_HOST: `unix://${socket}` });
  strictEqual(engine.state, 'answers');
  if (engine.state !== 'answers') return;
  strictEqual(engine.version, '20.10.24');
  await engine.docker.ping();
  deepStrictEqual(paths, ['/version', '/v1.41/_ping']);
});
