// Does a certificate still do, or must it be made anew?
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

export type Leaf = {
  /** Host names and addresses; those of this machine are added. */
  readonly names: readonly string[];
  readonly use: 'server' | 'server-and-client';
  /** PEM, as every key and certificate here. */
  readonly key: string;
};

export type Authority = { readonly certificate: string; readonly key: string };

const dayMs = 86_400_000;
const renewDays = 30;
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

/** An address of IPv6 may be written in many ways, in a URL in one. */
const inOneWay = (name: string): string =>
  isIP(name) === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name;

/** Every name of a leaf, each once. */
export const namesOf = ({ names }: Pick<Leaf, 'names'>): readonly string[] => [
  ...new Set([...names.map(inOneWay), '127.0.0.1', '::1']),
];

const usageOf = ({ use }: Leaf): readonly string[] => (use === 'server' ? [serverAuth] : [serverAuth, clientAuth]);

function sameNames(certificate: X509Certificate, leaf: Leaf): boolean {
  const wanted = namesOf(leaf);
  const holds = (name: string) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name));
  return (
    (certificate.subjectAltName ?? '').split(', ').length === wanted.length &&
    wanted.every((name) => holds(name) !== undefined)
  );
}

/** Signed by this authority for these names, this use and this key, and not about to end. */
export function stillDoes(pem: string, leaf: Leaf, authority: string, now: Date): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const issuer = new X509Certificate(authority);
    return (
      new Date(certificate.validTo).getTime() - now.getTime() > renewDays * dayMs &&
      certificate.checkIssued(issuer) &&
      certificate.verify(issuer.publicKey) &&
      certificate.checkPrivateKey(createPrivateKey(leaf.key)) &&
      (certificate.keyUsage ?? []).join() === usageOf(leaf).join() &&
      sameNames(certificate, leaf)
    );
  } catch {
    // Not a certificate at all.
    return false;
  }
}

/** When it begins and ends. */
export function lifeOf(pem: string): { readonly from: Date; readonly to: Date } {
  const { validFrom, validTo } = new X509Certificate(pem);
  return { from: new Date(validFrom), to: new Date(validTo) };
}
