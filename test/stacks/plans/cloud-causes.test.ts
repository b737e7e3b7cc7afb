// Does the text of a provider become one sentence with a remedy? Texts as the clouds and the engine write them.
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { causeOf, lockedBy } from '../../../stacks/index.ts';

const said: readonly (readonly [words: string, kind: string | null, remedy: RegExp])[] = [
  [
    'unable to validate AWS credentials. Details: No valid credential sources found. Please see https://www.pulumi.com/registry/packages/aws/installation-configuration/ for more information',
    'lacks',
    /^aws configure/,
  ],
  [
    'operation error STS: GetCallerIdentity, https response error StatusCode: 403, api error ExpiredToken: The security token included in the request is expired',
    'lacks',
    /^aws configure/,
  ],
  [
    'Attempted to load application default credentials since neither `credentials` nor `access_token` was set in the provider block.  No credentials loaded.',
    'lacks',
    /^gcloud auth application-default login$/,
  ],
  [
    'Error creating Network: googleapi: Error 403: Compute Engine API has not been used in project my-project before or it is disabled., SERVICE_DISABLED',
    'lacks',
    /^gcloud services enable compute/,
  ],
  [
    'api error UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:iam::1:user/x is not authorized to perform: ec2:CreateVpc',
    'may-not',
    /right/,
  ],
  [
    "googleapi: Error 403: Quota 'GPUS_ALL_REGIONS' exceeded.  Limit: 0.0 globally.",
    'may-not',
    /ask the cloud for more/,
  ],
  ['api error VcpuLimitExceeded: You have requested more vCPU capacity than your current limit', 'may-not', /ask/],
  [
    "error: no resource plugin 'pulumi-resource-aws' found in the workspace or on your $PATH",
    'lacks',
    /plugin install/,
  ],
  ["no language plugin 'pulumi-language-nodejs' found in the workspace or on your $PATH", 'lacks', /install all of it/],
  ['error: getting stack configuration: get stack secrets manager: incorrect passphrase', 'lacks', /secrets\/pulumi/],
  ['error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions', 'lacks', /^pulumi login$/],
  ['creating VPC: VpcConflict: something that nobody has heard yet', null, /^$/],
];

for (const [words, kind, remedy] of said) {
  test(`${words.slice(0, 60)}…`, () => {
    const cause = causeOf(words);
    deepStrictEqual([cause?.kind ?? null, remedy.test(cause?.remedy ?? '')], [kind, true], cause?.remedy);
  });
}

test('who holds the lock is read from the words of the engine', () => {
  const words =
    'error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///state/.pulumi/locks/organization/muster-aws/home/6f.json: created by ada@desk (pid 4711) at 2026-11-23T20:00:00Z';
  deepStrictEqual([lockedBy(words), lockedBy('[409] Conflict')], ['ada@desk (pid 4711) at 2026-11-23T20:00:00Z', null]);
});
