// What does a program ask of a cloud? Every resource as it was asked for; Pulumi's own mocks answer, no engine runs.
import { runtime } from '@pulumi/pulumi';

export type Asked = {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
};

/** What functions of the clouds would answer. */
const answers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'aws:index/getCallerIdentity:getCallerIdentity': { accountId: '123456789012' },
  'aws:index/getPartition:getPartition': { partition: 'aws' },
  'aws:index/getAvailabilityZones:getAvailabilityZones': { names: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] },
  'aws:ssm/getParameter:getParameter': { value: 'ami-0123456789abcdef0' },
  'aws:ec2/getVpc:getVpc': { id: 'vpc-0a1b2c3d', cidrBlock: '172.31.0.0/16' },
  'aws:ec2/getSubnets:getSubnets': { ids: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'] },
  'gcp:organizations/getProject:getProject': {
    projectId: 'my-project',
    number: '1234567890',
    billingAccount: '0X0X0X',
  },
};

/** Records from now on; a process has one recorder. Unknown functions are an error. */
export async function recordCloud(): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        asked.push({ type, name, inputs });
        const own = id || `${name}-id`;
        return {
          id: own,
          state: {
            ...inputs,
            id: own,
            arn: `arn:aws:test:::${name}`,
            name: inputs.name ?? name,
            email: `${name}@test`,
          },
        };
      },
      call: ({ token }) => {
        const answer = answers[token];
        if (answer === undefined) throw new Error(`nobody answers ${token}`);
        return answer;
      },
    },
    'muster',
    'test',
    false,
  );
  return asked;
}
