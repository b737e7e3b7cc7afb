// Can an engine be spoken to through the docker command, as it is when it answers by ssh only?
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { dialAgent } from '../../../stacks/drivers/engine-dial.ts';
import { FakeSwarm } from '../../support/fake-swarm.ts';
import { ownFolder } from '../../support/folder.ts';

/** A docker command that knows `--host unix://… system dial-stdio` and nothing else. */
const docker = `#!${process.execPath}
const [flag, host, ...words] = process.argv.slice(2);
if (flag !== '--host' || words.join(' ') !== 'system dial-stdio') process.exit(9);
const socket = require('node:net').connect(host.slice('unix://'.length));
process.stdin.pipe(socket).pipe(process.stdout);
`;

test('several calls go through processes of the docker command, which end with them', async (context) => {
  const folder = ownFolder(context);
  writeFileSync(join(folder, 'docker'), docker);
  chmodSync(join(folder, 'docker'), 0o755);
  const swarm = await FakeSwarm.start(folder, []);
  context.after(() => swarm.stop());
  const { PATH } = process.env;
  process.env.PATH = `${folder}:${PATH}`;
  context.after(() => {
    process.env.PATH = PATH;
  });
  const ask = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const call = request({ agent: dialAgent(swarm.host), host: 'engine', path, timeout: 5000 }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('end', () => resolve(text));
      });
      call.once('error', reject);
      call.end();
    });
  assert.deepEqual(await Promise.all(['/version', '/nodes'].map(ask)), [
    '{"ApiVersion":"1.44","Version":"29.0.0"}',
    '[]',
  ]);
});
