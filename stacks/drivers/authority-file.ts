// Which authorities does a file name? Certificates in PEM, one or more, each of them whole.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?(-----END CERTIFICATE-----|$)/g;

/** The file's text. Throws one sentence, which begins with `setting`, when it is not made of certificates. */
export function readAuthorities(setting: string, file: string): string {
  const expected = `${setting}: expected the certificate of an authority (PEM) in ${file}, found`;
  const remedy = "name the file authority/ca.crt of the cluster's secrets";
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${expected} no file that can be read (${code ?? message}); ${remedy}`, { cause: error });
  }
  const certificates = text.match(block) ?? [];
  if (certificates.length === 0) throw new Error(`${expected} none; ${remedy}`);
  for (const each of certificates) {
    try {
      new X509Certificate(each);
    } catch (error) {
      throw new Error(`${expected} one that is not whole; ${remedy}`, { cause: error });
    }
  }
  return text;
}
