// How is a certificate had from an ACME authority? The only file that knows the package.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import acme from 'acme-client';
import type { CertificateSettings } from './settings.ts';

/** Nothing of the authority's may keep us waiting for ever. */
const answerMs = 30_000;

export const newAccountKey = async (): Promise<string> => (await acme.crypto.createPrivateEcdsaKey()).toString();

/** The package says nothing of use about an authority that cannot be reached. */
const lookAt = async (directory: string): Promise<void> => {
  const answer = await fetch(directory, { signal: AbortSignal.timeout(answerMs) }).catch((error: Error) => {
    const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
    throw new Error(`${directory} cannot be reached (${code ?? message})`, { cause: error });
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${directory} answers ${answer.status}`);
};

/** A name that the authority made up becomes the name of a file. */
const fileOf = (folder: string, token: string): string => {
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(token)) throw new Error('the authority sent a token that is none');
  return join(folder, token);
};

/**
 * One order: proves by HTTP-01 that the hosts are ours, through files that nginx serves. Gives the new key and the
 * certificate with its chain, PEM. Throws what the authority said.
 */
export const orderCertificate = async (
  { directory, email, hosts }: CertificateSettings,
  accountKey: string,
  challengeFolder: string,
): Promise<string> => {
  await lookAt(directory);
  // When to try again is the daemon's affair, where it is said.
  Object.assign(acme.axios.defaults, { timeout: answerMs, acmeSettings: { retryMaxAttempts: 0 } });
  const client = new acme.Client({ directoryUrl: directory, accountKey, backoffMin: 1_000, backoffMax: 15_000 });
  const [key, csr] = await acme.crypto.createCsr({ altNames: [...hosts] }, await acme.crypto.createPrivateEcdsaKey());
  mkdirSync(challengeFolder, { recursive: true, mode: 0o755 });
  const chain = await client.auto({
    csr,
    email,
    termsOfServiceAgreed: true,
    challengePriority: ['http-01'],
    // A host often cannot reach itself under its public name.
    skipChallengeVerification: true,
    challengeCreateFn: async (_, { token }, answer) => writeFileSync(fileOf(challengeFolder, token), answer),
    challengeRemoveFn: async (_, { token }) => rmSync(fileOf(challengeFolder, token), { force: true }),
  });
  return `${key.toString().trim()}\n${chain.trim()}\n`;
};
