// Is only what was signed believed, and only with the key that a machine was given?
import { deepStrictEqual, strictEqual, throws } from 'node:assert';
import { test } from 'node:test';
import type { Release } from '../../../services/protocol/index.ts';
import {
  formatSigned,
  newReleaseKey,
  parseRelease,
  parseSigned,
  publicReleaseKey,
  ReleaseRefused,
  readRelease,
  signRelease,
} from '../../../stacks/drivers/release.ts';

const release: Release = {
  number: 1_700_000_000_000,
  version: '0.2.0',
  programs: { 'linux-x64': { sha256: 'ab'.repeat(32), bytes: 100 } },
};
const key = newReleaseKey();
const signed = signRelease(release, key);

test('what was signed is read with the public key alone', () => {
  deepStrictEqual(readRelease(signed, publicReleaseKey(key)), release);
});

test('a changed text, a foreign signature, a foreign key and no key are refused alike', () => {
  const foreign = newReleaseKey();
  const cases: readonly (readonly [typeof signed, string])[] = [
    [{ ...signed, text: signed.text.replace('0.2.0', '0.2.1') }, publicReleaseKey(key)],
    [{ ...signed, signature: signRelease(release, foreign).signature }, publicReleaseKey(key)],
    [{ ...signed, signature: '' }, publicReleaseKey(key)],
    [signed, publicReleaseKey(foreign)],
    [signed, ''],
  ];
  for (const [each, publicKey] of cases)
    throws(() => readRelease(each, publicKey), {
      message: 'the release is not signed with the key that this machine was given',
    });
});

test('a file of it gives the same again, and nothing else does', () => {
  deepStrictEqual(parseSigned(formatSigned(signed)), signed);
  for (const file of ['', JSON.stringify(signed), `${signed.signature}\n`, formatSigned(signed).slice(0, -2)])
    strictEqual(parseSigned(file), null, file);
});

test('a signed text that is no release is refused', () => {
  const texts = [
    '',
    '[]',
    'null',
    '{"number":1,"version":"0.2.0","programs":{}}',
    '{"number":-1,"version":"0.2.0","programs":{"linux-x64":{"sha256":"ab","bytes":1}}}',
    JSON.stringify({ ...release, programs: { '../x': release.programs['linux-x64'] } }),
    JSON.stringify({ ...release, programs: { 'linux-x64': { sha256: 'ab'.repeat(32), bytes: 2 ** 40 } } }),
  ];
  for (const text of texts) throws(() => parseRelease(text), ReleaseRefused, text);
});

test('the same release is signed the same, whatever its keys are ordered like', () => {
  const { number, programs, version } = release;
  strictEqual(signRelease({ programs, version, number }, key).text, signed.text);
});
