// What does a program ask of a cloud? Every resource as it was asked for; Pulumi's own mocks answer, no engine runs.
import { runtime } from '@pulumi/pulumi';
import type { Resource } from '../../infra/policy/resource.ts';

/** `hidden`: a part of it is marked as a secret. */
export type Asked = Resource & { readonly hidden: boolean };

export type RecordedCloud = {
  /** Once everything has been asked for: all since the last time, sorted by type and name. */
  settled(): Promise<readonly Asked[]>;
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

/** How Pulumi marks a secret on the wire (sdk/nodejs/runtime/rpc.ts). */
const secretMark = '4dabf18193072939515e22adb298388d';

/** Records from now on; a process has one recorder. Unknown functions are an error. */
export async function recordCloud(): Promise<RecordedCloud> {
  let asked: Asked[] = [];
  const mocks: runtime.Mocks = {
    newResource: ({ type, name, inputs, id }) => {
      asked.push({ type, name, props: inputs, hidden: JSON.stringify(inputs).includes(secretMark) });
      const own = id || `${name}-id`;
      const computed = {
        arn: `arn:aws:test:::${name}`,
        email: `${name}@test`,
        latestVersion: 1,
        dnsName: `${name}.test`,
      };
      return {
        id: own,
        state: { ...computed, selfLink: `link/${name}`, ...inputs, id: own, name: inputs.name ?? name },
      };
    },
    call: ({ token }) => {
      const answer = answers[token];
      if (answer === undefined) throw new Error(`nobody answers ${token}`);
      return answer;
    },
  };
  const listen = (): Promise<void> => runtime.setMocks(mocks, 'muster', 'test', false);
  await listen();
  return {
    async settled() {
      // Waits until the queue is empty, and hangs up.
      await runtime.disconnect();
      await listen();
      const found = [...asked].sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
      asked = [];
      return found;
    },
  };
}
