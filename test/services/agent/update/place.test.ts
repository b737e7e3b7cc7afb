// Does an agent know who can renew it, and say why nobody can?
import { deepStrictEqual } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPlace } from '../../../../services/agent/update/place.ts';
import { temporaryFolder } from '../../orchestrator/support/orchestrator.ts';

test('the program of an image or of a build is left to the deploy', () => {
  const refused = 'its program comes with an image or a build, which the deploy renews';
  for (const program of [
    '/usr/local/bin/node',
    '/opt/muster/bin/muster-agent',
    '/opt/muster/releases/short/muster-agent',
  ])
    deepStrictEqual(findPlace(program), { refused });
});

test('without a key of releases nothing new is taken; with it the loop beside it starts the new one', (t) => {
  const home = join(temporaryFolder(t), 'muster');
  const release = 'a'.repeat(12);
  const program = join(home, 'releases', release, 'muster-agent');
  mkdirSync(join(home, 'bin'), { recursive: true });
  deepStrictEqual(findPlace(program), {
    refused: `there is no key of releases in ${join(home, 'release.pub')}; install it anew`,
  });
  writeFileSync(join(home, 'release.pub'), 'key');
  deepStrictEqual(findPlace(program), { refused: 'nobody would start its new program' });
  writeFileSync(join(home, 'agent-run'), '1 1\n');
  deepStrictEqual(findPlace(program), { home, release, way: 'loop', service: 'agent' });
});
