// What do a cloud's functions answer? The same account, project and images each time.
import type { Values } from './type-check.ts';

const answers: Readonly<Record<string, Values>> = {
  'aws:index/getCallerIdentity:getCallerIdentity': { accountId: '123456789012' },
  'aws:index/getPartition:getPartition': { partition: 'aws' },
  'aws:index/getAvailabilityZones:getAvailabilityZones': { names: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] },
  'aws:ssm/getParameter:getParameter': { value: 'ami-0123456789abcdef0' },
  'aws:ec2/getVpc:getVpc': { id: 'vpc-0a1b2c3d', cidrBlock: '172.31.0.0/16' },
  'aws:ec2/getAmi:getAmi': { rootDeviceName: '/dev/sda1' },
  'aws:ec2/getSubnet:getSubnet': { id: 'subnet-0a1b2c3d', availabilityZone: 'eu-west-1a' },
  'aws:ec2/getSubnets:getSubnets': { ids: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'] },
  'gcp:organizations/getProject:getProject': {
    projectId: 'my-project',
    number: '1234567890',
    billingAccount: '0X0X0X',
  },
};

/** Throws for a function that nobody asks for. */
export function answerOf(token: string): Values {
  const answer = answers[token];
  if (answer === undefined) throw new Error(`nobody answers ${token}`);
  return answer;
}
