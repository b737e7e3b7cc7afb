// When is a certificate renewed, and what is never put in its place?
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hold, isFresh, readHeld, renewAt } from '../../../../services/orchestrator/certificates/held.ts';
import { parseCertificateSettings } from '../../../../services/orchestrator/certificates/settings.ts';
import { lifeOf } from '../../../../stacks/drivers/certificate-check.ts';
import { issueAuthority, issueCertificate, newKey } from '../../../../stacks/drivers/certificates.ts';
import { ownFolder } from '../../../support/folder.ts';

const now = new Date('2026-11-23T00:00:00Z');
const signer = newKey();
const authority = { certificate: await issueAuthority('a', signer, now), key: signer };
const hosts = ['a.example.org', 'b.example.org'];

/** Key and certificate in one text. */
async function pem(names: readonly string[], own = newKey(), other = own): Promise<string> {
  return other + (await issueCertificate({ names, use: 'server', key: own }, authority, now));
}

test('it is renewed at two thirds of its life, a little earlier by chance', async () => {
  const held = await pem(hosts);
  const { from, to } = lifeOf(held);
  const share = (jitter: number) => (renewAt(held, hosts, jitter) - from.getTime()) / (to.getTime() - from.getTime());
  assert.deepEqual(
    [share(0), share(1)].map((each) => each.toFixed(4)),
    ['0.6667', '0.6167'],
  );
  assert.equal(renewAt(null, hosts, 0), 0);
  assert.equal(renewAt(held, [...hosts, 'c.example.org'], 0), 0);
  assert.equal(renewAt('not a certificate', hosts, 0), 0);
});

test('it is healthy until it should have been renewed long ago', async () => {
  const held = await pem(hosts);
  const { from, to } = lifeOf(held);
  const at = (share: number) => isFresh(held, from.getTime() + share * (to.getTime() - from.getTime()));
  assert.deepEqual([at(0), at(0.8), at(0.84), at(2)], [true, true, false, false]);
  assert.deepEqual([isFresh(null, 0), isFresh('not a certificate', 0)], [false, false]);
});

test('what does not fit its key or its hosts never takes the place of what works', async (t) => {
  const folder = ownFolder(t);
  const good = await pem(hosts);
  hold(folder, good, hosts);
  const wrong = [await pem(['a.example.org']), await pem(hosts, newKey(), newKey()), '', 'not a certificate'];
  for (const each of wrong)
    assert.throws(() => hold(folder, each, hosts), /does not fit its key or a\.example\.org, b\.example\.org/);
  assert.equal(readHeld(folder), good);
  writeFileSync(join(folder, 'certificate.pem'), good.slice(0, 100));
  assert.equal(renewAt(readHeld(folder), hosts, 0), 0, 'one that is broken is ordered anew');
  hold(folder, good, hosts);
  assert.equal(readFileSync(join(folder, 'certificate.pem'), 'utf8'), good);
});

test('all that is wrong with the settings is said at once', () => {
  assert.deepEqual(
    parseCertificateSettings({
      MUSTER_ACME_DIRECTORY: 'http://a.example.org/dir',
      MUSTER_ACME_EMAIL: 'nobody',
      MUSTER_ACME_HOSTS: 'a.example.org, b',
      MUSTER_ACME_RETRY_SECONDS: '0',
    }).problems,
    [
      'MUSTER_ACME_DIRECTORY: expected an https URL, got "http://a.example.org/dir"',
      'MUSTER_ACME_EMAIL: expected an e-mail address, got "nobody"',
      'MUSTER_ACME_HOSTS: expected host names with commas between, got "a.example.org, b"',
      'MUSTER_ACME_RETRY_SECONDS: expected seconds up to a day, got "0"',
    ],
  );
});
