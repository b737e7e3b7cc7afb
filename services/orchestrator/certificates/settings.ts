// What was the certificates daemon told by its environment? All that is wrong with it is said at once.
import { z } from 'zod';

export type CertificateSettings = {
  /** The ACME authority's directory. */
  readonly directory: string;
  readonly email: string;
  readonly hosts: readonly string[];
  readonly stateFolder: string;
  /** After a failure; doubled with each one that follows. */
  readonly retryMs: number;
};

const url = z.url({ protocol: /^https$/ });
const email = z.email();
const host = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

export const parseCertificateSettings = (
  env: Readonly<Record<string, string | undefined>>,
): { settings: CertificateSettings | null; problems: string[] } => {
  const problems: string[] = [];
  const expect = (name: string, text: string, holds: boolean, expected: string): void => {
    if (!holds) problems.push(`${name}: expected ${expected}, got ${JSON.stringify(text)}`);
  };
  const { MUSTER_ACME_DIRECTORY = '', MUSTER_ACME_EMAIL = '', MUSTER_ACME_HOSTS = '' } = env;
  const { MUSTER_ACME_RETRY_SECONDS = '60' } = env;
  const hosts = MUSTER_ACME_HOSTS.split(',');
  const retry = Number(MUSTER_ACME_RETRY_SECONDS);
  expect('MUSTER_ACME_DIRECTORY', MUSTER_ACME_DIRECTORY, url.safeParse(MUSTER_ACME_DIRECTORY).success, 'an https URL');
  expect('MUSTER_ACME_EMAIL', MUSTER_ACME_EMAIL, email.safeParse(MUSTER_ACME_EMAIL).success, 'an e-mail address');
  expect(
    'MUSTER_ACME_HOSTS',
    MUSTER_ACME_HOSTS,
    hosts.every((each) => host.test(each)),
    'host names with commas between',
  );
  expect('MUSTER_ACME_RETRY_SECONDS', MUSTER_ACME_RETRY_SECONDS, retry > 0 && retry <= 86_400, 'seconds up to a day');
  const settings = {
    directory: MUSTER_ACME_DIRECTORY,
    email: MUSTER_ACME_EMAIL,
    hosts,
    stateFolder: env.MUSTER_STATE || '/var/lib/muster',
    retryMs: retry * 1000,
  };
  return { settings: problems.length > 0 ? null : settings, problems };
};
