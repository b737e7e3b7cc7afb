// Is there a certificate, with the key that fits it? All that is wrong with the two files is said at once.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

export type TlsFiles = { readonly certificateFile: string; readonly keyFile: string };

/** PEM. */
export type Pair = {
  /** The server's own first, then those that lead to the authority. */
  readonly certificate: string;
  readonly key: string;
  /** When it ends. */
  readonly until: Date;
};

type Read<Value> = { readonly text: string; readonly value: Value } | { readonly problem: string };

const readAs = <Value>(setting: string, what: string, file: string, parse: (text: string) => Value): Read<Value> => {
  try {
    const text = readFileSync(file, 'utf8');
    return { text, value: parse(text) };
  } catch (error) {
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    const found = code === 'ENOENT' ? 'no file' : syscall === undefined ? 'another text' : `one that cannot be read`;
    const remedy = `put it there, whole and readable for user ${process.getuid?.()}`;
    return { problem: `${setting}: expected ${what} in ${file}, found ${found} (${code ?? message}); ${remedy}` };
  }
};

const mismatch = ({ certificateFile, keyFile }: TlsFiles): string =>
  `MUSTER_TLS_KEY_FILE: expected the key of the certificate in ${certificateFile}, found that of another one in ` +
  `${keyFile}; put two files there that were made together`;

/** What OpenSSL has against the two, such as a chain that was cut off; null for nothing. */
const refusal = (files: TlsFiles, cert: string, key: string): string | null => {
  try {
    createSecureContext({ cert, key });
    return null;
  } catch (error) {
    return `MUSTER_TLS_CERT_FILE: expected a whole chain (PEM) in ${files.certificateFile}, found one that cannot be served (${(error as Error).message}); put it there anew`;
  }
};

/** The pair, or every problem with it as one line each. */
export const readPair = (files: TlsFiles): { readonly pair: Pair | null; readonly problems: readonly string[] } => {
  const { certificateFile, keyFile } = files;
  const leaf = readAs(
    'MUSTER_TLS_CERT_FILE',
    'a certificate (PEM)',
    certificateFile,
    (text) => new X509Certificate(text),
  );
  const key = readAs<KeyObject>(
    'MUSTER_TLS_KEY_FILE',
    'its key (PEM, without a passphrase)',
    keyFile,
    createPrivateKey,
  );
  if ('problem' in leaf || 'problem' in key)
    return { pair: null, problems: [leaf, key].flatMap((each) => ('problem' in each ? [each.problem] : [])) };
  const problem = leaf.value.checkPrivateKey(key.value) ? refusal(files, leaf.text, key.text) : mismatch(files);
  if (problem !== null) return { pair: null, problems: [problem] };
  return { pair: { certificate: leaf.text, key: key.text, until: new Date(leaf.value.validTo) }, problems: [] };
};
