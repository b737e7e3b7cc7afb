// Which program may an agent become? One that a release names, signed with the key of the machine that controls the cluster.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { Release, SignedRelease } from '../../services/protocol/update.ts';

/** The release is not to be believed, or not to be used here: one sentence. */
export class ReleaseRefused extends Error {}

/** Nobody can use a signature of this key for anything else. */
const signedBytes = (text: string): Buffer => Buffer.from(`muster-agent-release\n${text}`);

export function newReleaseKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** What hosts keep: PEM. */
export function publicReleaseKey(privateKey: string): string {
  return createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' }).toString();
}

export function signRelease({ number, programs, version }: Release, privateKey: string): SignedRelease {
  const text = JSON.stringify({ number, version, programs });
  return { text, signature: sign(null, signedBytes(text), createPrivateKey(privateKey)).toString('base64') };
}

/** A file of two lines. The text is JSON and comes last: Ansible takes a file that begins so for a value. */
export const formatSigned = ({ signature, text }: SignedRelease): string => `${signature}\n${text}\n`;

/** Null for any other text. */
export function parseSigned(file: string): SignedRelease | null {
  const [, signature, text] = /^([A-Za-z0-9+/=]+)\n(\{.*\})\n$/.exec(file) ?? [];
  return signature === undefined || text === undefined ? null : { text, signature };
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** Whoever signed it. Throws ReleaseRefused. */
export function parseRelease(text: string): Release {
  try {
    const { number, programs, version } = JSON.parse(text) as Partial<Release>;
    const named = Object.entries(programs ?? {});
    const fine = named.every(
      ([platform, { bytes, sha256 }]) =>
        /^linux-[a-z0-9]{1,20}$/.test(platform) && /^[0-9a-f]{64}$/.test(sha256) && isWhole(bytes) && bytes < 2 ** 30,
    );
    if (isWhole(number) && typeof version === 'string' && /^[\w.+-]{1,50}$/.test(version) && named.length > 0 && fine)
      return { number, version, programs: Object.fromEntries(named) };
  } catch {
    // Said below.
  }
  throw new ReleaseRefused('expected a release: number, version and programs, found another text');
}

/** Throws ReleaseRefused unless `publicKey` (PEM) signed it. */
export function readRelease({ signature, text }: SignedRelease, publicKey: string): Release {
  let isSigned = false;
  try {
    isSigned = verify(null, signedBytes(text), createPublicKey(publicKey), Buffer.from(signature, 'base64'));
  } catch {
    // A key or a signature that is none.
  }
  if (!isSigned) throw new ReleaseRefused('the release is not signed with the key that this machine was given');
  return parseRelease(text);
}
