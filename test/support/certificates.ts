// Where does a test get certificates from? From an authority of its own; each is as old and as named as asked for.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueAuthority, issueCertificate, newKey } from '../../stacks/drivers/certificates.ts';

export type TestPair = { readonly certificate: string; readonly key: string };

export type TestAuthority = {
  /** PEM. */
  readonly ca: string;
  /** A certificate for these names that was made at `at`, or now; 127.0.0.1 is always in it. */
  readonly issue: (names?: readonly string[], at?: Date) => Promise<TestPair>;
};

/** It is older than every certificate that a test wants. */
const born = new Date(Date.now() - 3 * 365 * 86_400_000);

export const testAuthority = async (name = 'test'): Promise<TestAuthority> => {
  const key = newKey();
  const ca = await issueAuthority(name, key, born);
  return {
    ca,
    issue: async (names = ['localhost'], at = new Date()) => {
      const leaf = { names, use: 'server', key: newKey() } as const;
      return { certificate: await issueCertificate(leaf, { certificate: ca, key }, at), key: leaf.key };
    },
  };
};

/** Files of a pair in a folder, and the settings that name them. */
export const pairIn = (folder: string) => {
  const env = { MUSTER_TLS_CERT_FILE: join(folder, 'tls.crt'), MUSTER_TLS_KEY_FILE: join(folder, 'tls.key') };
  return {
    env,
    files: { certificateFile: env.MUSTER_TLS_CERT_FILE, keyFile: env.MUSTER_TLS_KEY_FILE },
    put: ({ certificate, key }: Partial<TestPair>): void => {
      if (key !== undefined) writeFileSync(env.MUSTER_TLS_KEY_FILE, key, { mode: 0o600 });
      if (certificate !== undefined) writeFileSync(env.MUSTER_TLS_CERT_FILE, certificate);
    },
  };
};
