// Why did a cloud, or the engine, refuse? What they usually say, as one sentence and what to do about it.

export type CloudCause = {
  readonly sentence: string;
  readonly remedy: string;
  /** `lacks`: this machine or account lacks something; `may-not`: a right or a quota. */
  readonly kind: 'lacks' | 'may-not';
};

type Known = readonly [said: RegExp, kind: CloudCause['kind'], sentence: string, remedy: string];

const google = 'gcloud auth application-default login';
const amazon = 'aws configure (or aws sso login); another profile: AWS_PROFILE=NAME';
const install = 'https://www.pulumi.com/docs/install/';

/** The first that fits. */
const known: readonly Known[] = [
  [
    /could not find default credentials|failed to load application credentials|application default credentials|invalid_grant|reauth related error|No credentials loaded/i,
    'lacks',
    'no credentials for Google Cloud that hold',
    google,
  ],
  [
    /No valid credential sources|unable to validate AWS credentials|InvalidClientTokenId|ExpiredToken|no EC2 IMDS role found|failed to refresh cached credentials|SSO session has expired|get credentials|AuthFailure/i,
    'lacks',
    'no credentials for AWS that hold',
    amazon,
  ],
  [
    /SERVICE_DISABLED|has not been used in project \S+ before or it is disabled/i,
    'lacks',
    'the project does not use an API of Google Cloud that is needed',
    'gcloud services enable compute.googleapis.com secretmanager.googleapis.com iam.googleapis.com dns.googleapis.com logging.googleapis.com billingbudgets.googleapis.com',
  ],
  [
    /LimitExceeded|QuotaExceeded|Quota '\S+' exceeded|exceeded your \S+ quota|quota metric/i,
    'may-not',
    "the account's quota does not hold it",
    'ask the cloud for more of what the words above name, or lower max',
  ],
  [
    /AccessDenied|UnauthorizedOperation|not authorized to perform|Error 403|Required '\S+' permission|PERMISSION_DENIED/i,
    'may-not',
    'these credentials may not do that',
    'ask the owner of the account for the right that the words above name',
  ],
  [
    /no language plugin|pulumi-language-nodejs/i,
    'lacks',
    'Pulumi has no host for programs in TypeScript',
    `install all of it: ${install}`,
  ],
  [
    /no resource plugin|failed to (?:download|install) plugin|could not find plugin|error downloading/i,
    'lacks',
    "Pulumi's plugin for the cloud is missing, and cannot be fetched",
    'check the network; then: pulumi plugin install resource aws (or gcp)',
  ],
  [
    /incorrect passphrase|passphrase must be set|get passphrase/i,
    'lacks',
    'the state was written with another passphrase',
    'put the right one into .muster/secrets/pulumi; for a backend of your own: PULUMI_CONFIG_PASSPHRASE_FILE=FILE',
  ],
  [
    /PULUMI_ACCESS_TOKEN must be set|problem logging in|invalid access token|\[401\]/i,
    'lacks',
    'the backend of Pulumi does not let you in',
    'pulumi login',
  ],
];

/** Null for words that nobody has heard yet. */
export function causeOf(words: string): CloudCause | null {
  const [, kind, sentence, remedy] = known.find(([said]) => said.test(words)) ?? [];
  return sentence === undefined || kind === undefined || remedy === undefined ? null : { sentence, kind, remedy };
}

/** `the stack is currently locked by … created by root@host (pid 42) at 2026-11-23T…`: who, as far as it is said. */
export function lockedBy(words: string): string | null {
  return /created by (\S+ \(pid \d+\) at [\dT:+.-]+Z?)/.exec(words)?.[1] ?? null;
}
