// How does the cluster sign certificates of its own? The only file that knows the package.
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { type Authority, type Leaf, namesOf } from './certificate-check.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;
const authorityDays = 3652;
/** Browsers refuse more. */
const longestDays = 397;
/** A clock that is a little late must not refuse a new certificate. */
const backdatedMs = 3_600_000;
/** The longest common name (RFC 5280). */
const longestName = 64;

/** A private key, PEM. */
export function newKey(): string {
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem).toString();
}

async function keysOf(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const secret = createPrivateKey(pem);
  return {
    privateKey: secret.toCryptoKey(algorithm, false, ['sign']),
    publicKey: createPublicKey(secret).toCryptoKey(algorithm, true, ['verify']),
  };
}

const subject = (name: string): x509.JsonName => [{ O: ['Muster'] }, { CN: [name.slice(0, longestName)] }];

function span(now: Date, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const start = now.getTime() - backdatedMs;
  return { notBefore: new Date(start), notAfter: new Date(start + days * dayMs) };
}

/** It signs leaves only, for ten years. */
export async function issueAuthority(name: string, key: string, now: Date): Promise<string> {
  const keys = await keysOf(key);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    ...span(now, authorityDays),
    name: subject(name),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${made.toString('pem')}\n`;
}

export async function issueCertificate(leaf: Leaf, by: Authority, now: Date): Promise<string> {
  const { publicKey } = await keysOf(leaf.key);
  const issuer = new x509.X509Certificate(by.certificate);
  const { ExtendedKeyUsage: usage } = x509;
  const made = await x509.X509CertificateGenerator.create({
    ...span(now, longestDays),
    subject: subject(leaf.names[0] ?? 'localhost'),
    issuer: issuer.subjectName.toJSON(),
    publicKey,
    signingKey: (await keysOf(by.key)).privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(
        leaf.use === 'server' ? [usage.serverAuth] : [usage.serverAuth, usage.clientAuth],
      ),
      new x509.SubjectAlternativeNameExtension(
        namesOf(leaf).map((name) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return `${made.toString('pem')}\n`;
}
