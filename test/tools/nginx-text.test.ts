// Does nginx itself give every text back as it was?
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { block, directive, formatNginx, type NginxDirective, variable } from '../../stacks/formats/nginx.ts';
import { ownFolder } from '../support/folder.ts';
import { cleanEnvironment } from '../support/lab.ts';
import { freePort, noNginx } from '../support/proxy-bench.ts';

const signs = fc.string({
  unit: fc.constantFrom(...' ;{}#"\'\\()~^=*a0%é🙂,:/.@tnr'.split(''), '}\\', '\\"'),
  maxLength: 30,
});
const samples = fc
  .sample(
    signs.filter((text) => text.isWellFormed()),
    { seed: 23, numRuns: 300 },
  )
  .filter((text) => text !== '');
const words = ['default', 'include', 'hostnames', 'volatile', '~.*', '*.a', '\\default', 'server {', '}', ...samples];

function configuration(folder: string, port: number): string {
  const answers = words.flatMap((word, index): readonly NginxDirective[] => [
    block(['location', '=', `/text/${index}`], [directive('return', 200, word)]),
    // The text as the key of a map: only the header that is the same text gets the answer.
    block(['location', '=', `/key/${index}`], [directive('return', 200, variable(`found_${index}`))]),
  ]);
  const maps = words.map((word, index) =>
    block(
      ['map', variable('http_x_text'), variable(`found_${index}`)],
      [directive('default', 'no'), directive({ key: word }, 'yes')],
    ),
  );
  return formatNginx([
    directive('daemon', 'off'),
    directive('pid', join(folder, 'pid')),
    directive('error_log', 'stderr'),
    block(['events'], []),
    block(
      ['http'],
      [
        directive('access_log', 'off'),
        directive('variables_hash_max_size', 4096),
        ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) =>
          directive(`${name}_temp_path`, join(folder, name)),
        ),
        ...maps,
        block(['server'], [directive('listen', `127.0.0.1:${port}`), ...answers]),
      ],
    ),
  ]);
}

async function ask(port: number, path: string, header: string): Promise<string> {
  const request = get({ host: '127.0.0.1', port, path, headers: { 'x-text': Buffer.from(header).toString('latin1') } });
  const [response] = await once(request, 'response');
  return textOf(response);
}

test('each of three hundred hostile texts, as an answer and as the key of a map', { skip: noNginx() }, async (t) => {
  const folder = ownFolder(t);
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, port));
  const env = cleanEnvironment();
  const dumped = spawnSync('nginx', ['-e', 'stderr', '-T', '-c', file], { env, encoding: 'utf8' });
  assert.match(dumped.stderr, /syntax is ok\n.*test is successful\n$/);
  const nginx = spawn('nginx', ['-e', 'stderr', '-c', file], { env, stdio: 'ignore' });
  t.after(async () => {
    nginx.kill('SIGQUIT');
    await once(nginx, 'exit');
  });
  for (let up = false; !up; await setTimeout(20))
    up = await ask(port, '/text/0', '').then(
      () => true,
      () => false,
    );
  for (const [index, word] of words.entries()) {
    assert.equal(await ask(port, `/text/${index}`, 'x'), word);
    // A header carries no space at its ends.
    if (word.trim() === word && !/[^\x20-\x7E]/.test(word))
      assert.equal(await ask(port, `/key/${index}`, word), 'yes', word);
    assert.equal(await ask(port, `/key/${index}`, `${word}!`), 'no', word);
  }
});
