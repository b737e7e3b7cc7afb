// Does a machine that is told the agent's checksum run nothing else, and believe no other authority than the one in its file?
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { testAuthority } from '../../support/certificates.ts';
import { agentName, treeOf } from '../../support/installing.ts';
import { renting } from '../../support/renting.ts';
import { temporaryFolder } from '../orchestrator/support/orchestrator.ts';

const timeout = 120_000;

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

test('an agent with another checksum than the pinned one never runs, whatever the list says', {
  timeout,
}, async (t) => {
  const place = await renting(t);
  const agentSha256 = sumOf(readFileSync(place.offered, 'utf8'));
  const evil = `#!/bin/sh\ntouch ${place.home}/owned\n`;
  place.offer({ [agentName]: evil });
  const { code, stderr } = await place.shell(place.line({ agentSha256 }));
  assert.equal(code, 5, stderr);
  assert.match(
    stderr,
    new RegExp(
      `: expected ${agentSha256.slice(0, 12)} \\(agent_sha256\\), the orchestrator offers ${sumOf(evil).slice(0, 12)}\n`,
    ),
  );
  assert.deepEqual([existsSync(join(place.home, 'owned')), treeOf(place.home)], [false, []]);
  // A list that tells the right sum of a wrong file.
  const list = join(place.bench.folder, 'downloads/SHA256SUMS');
  writeFileSync(list, readFileSync(list, 'utf8').replace(sumOf(evil), agentSha256));
  const forged = await place.shell(place.line({ agentSha256 }));
  assert.equal(forged.code, 5, forged.stderr);
  assert.deepEqual([existsSync(join(place.home, 'owned')), treeOf(place.home)], [false, []]);
});

test('a machine that has its pinned agent keeps it when the orchestrator offers another, and takes another when told so', {
  timeout,
}, async (t) => {
  const place = await renting(t);
  const older = readFileSync(place.offered, 'utf8');
  const newer = `${older}# newer\n`;
  assert.equal((await place.shell(place.line({ agentSha256: sumOf(older) }))).code, 0);
  place.offer({ [agentName]: newer });
  const link = join(place.place, 'bin/muster-agent');
  const again = await place.shell(place.line({ agentSha256: sumOf(older) }));
  assert.deepEqual([again.code, again.stderr, readFileSync(link, 'utf8')], [0, '', older]);
  const renewed = await place.shell(place.line({ agentSha256: sumOf(newer) }));
  assert.deepEqual([renewed.code, renewed.stderr, readFileSync(link, 'utf8')], [0, '', newer]);
});

test('another authority than the one in the file is not believed', {
  timeout,
}, async (t) => {
  const place = await renting(t);
  const ca = join(temporaryFolder(t), 'other.crt');
  chmodSync(dirname(ca), 0o755);
  writeFileSync(ca, (await testAuthority('other')).ca);
  const { code, stderr } = await place.shell(place.line({ ca }));
  assert.equal(code, 5, stderr);
  assert.match(stderr, /curl: \(60\)/);
  assert.deepEqual(treeOf(place.home), []);
});
