// In which network do the machines lie? One of its own without a way in, that of the account, or a named one.
import { cloudwatch, ec2, getAvailabilityZones, iam, type kms } from '@pulumi/aws';
import { type Input, interpolate, jsonStringify, type Output } from '@pulumi/pulumi';
import type { Fleet } from '../types.ts';
import type { Place } from './place.ts';

export type Network = {
  readonly vpcId: Input<string>;
  readonly cidr: Input<string>;
  /** Where machines lie: with a way out, without one in. */
  readonly subnets: readonly Input<string>[];
  /** Where a public load balancer lies. */
  readonly publicSubnets: readonly Input<string>[];
};

const range = '10.201.0.0/16';

/** Every zone that a pool names, or the first three of the region. */
async function zonesOf(place: Place, fleet: Fleet): Promise<readonly string[]> {
  const named = [...new Set(fleet.groups.flatMap(({ zones }) => zones))].sort();
  const { names } = await getAvailabilityZones({ state: 'available' }, place.options);
  return fleet.groups.every(({ zones }) => zones.length > 0) ? named : [...new Set([...named, ...names.slice(0, 3)])];
}

/** Who spoke with whom: kept as long as the logs are. */
function flowLogs({ cluster, options }: Place, key: kms.Key, vpcId: Output<string>, days: number): void {
  const log = new cloudwatch.LogGroup(
    'flows',
    { namePrefix: `/muster/${cluster}/flows-`, retentionInDays: days, kmsKeyId: key.arn },
    options,
  );
  const assumeRolePolicy = trust('vpc-flow-logs.amazonaws.com');
  const role = new iam.Role('flows', { assumeRolePolicy }, options);
  const policy = jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        Resource: interpolate`${log.arn}:*`,
      },
    ],
  });
  new iam.RolePolicy('flows', { role: role.id, policy }, options);
  const args = { vpcId, trafficType: 'ALL', logDestination: log.arn, iamRoleArn: role.arn };
  new ec2.FlowLog('flows', args, options);
}

/** A service of AWS may act as the role. */
export const trust = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

async function ownNetwork(place: Place, key: kms.Key, fleet: Fleet): Promise<Network> {
  const { cluster, options } = place;
  const named = (what: string) => ({ tags: { Name: `${cluster}-${what}` } });
  const vpc = new ec2.Vpc(
    'network',
    { cidrBlock: range, enableDnsHostnames: true, enableDnsSupport: true, ...named('network') },
    options,
  );
  new ec2.DefaultSecurityGroup('nobody', { vpcId: vpc.id }, options);
  const gateway = new ec2.InternetGateway('way-out', { vpcId: vpc.id, ...named('way-out') }, options);
  const zones = await zonesOf(place, fleet);
  const subnet = (kind: string, zone: string, block: number) =>
    new ec2.Subnet(
      `${kind}-${zone}`,
      {
        ...{ vpcId: vpc.id, availabilityZone: zone, cidrBlock: `10.201.${block}.0/20` },
        ...{ mapPublicIpOnLaunch: false, ...named(`${kind}-${zone}`) },
      },
      options,
    );
  const publicSubnets = zones.map((zone, index) => subnet('public', zone, 16 * index));
  const subnets = zones.map((zone, index) => subnet('private', zone, 128 + 16 * index));
  const address = new ec2.Eip('nat', { domain: 'vpc', ...named('nat') }, options);
  const nat = new ec2.NatGateway(
    'nat',
    { allocationId: address.id, subnetId: publicSubnets[0]?.id ?? '', ...named('nat') },
    { ...options, dependsOn: gateway },
  );
  const table = (
    name: string,
    route: { readonly gatewayId?: Output<string>; readonly natGatewayId?: Output<string> },
  ) =>
    new ec2.RouteTable(
      name,
      { vpcId: vpc.id, routes: [{ cidrBlock: '0.0.0.0/0', ...route }], ...named(name) },
      options,
    );
  const tables = {
    public: table('public', { gatewayId: gateway.id }),
    private: table('private', { natGatewayId: nat.id }),
  };
  for (const [index, zone] of zones.entries()) {
    for (const [kind, list] of [
      ['public', publicSubnets],
      ['private', subnets],
    ] as const) {
      const args = { subnetId: list[index]?.id ?? '', routeTableId: tables[kind].id };
      new ec2.RouteTableAssociation(`${kind}-${zone}`, args, options);
    }
  }
  // Free, and what models and packages weigh does not go through the NAT.
  new ec2.VpcEndpoint(
    's3',
    {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${place.region}.s3`,
      routeTableIds: [tables.private.id],
      ...named('s3'),
    },
    options,
  );
  flowLogs(place, key, vpc.id, fleet.logDays);
  return {
    vpcId: vpc.id,
    cidr: range,
    subnets: subnets.map(({ id }) => id),
    publicSubnets: publicSubnets.map(({ id }) => id),
  };
}

export async function makeNetwork(place: Place, key: kms.Key, fleet: Fleet): Promise<Network> {
  if (fleet.network.kind === 'new') return ownNetwork(place, key, fleet);
  const named = fleet.network.kind === 'named' ? fleet.network : null;
  const vpc = await ec2.getVpc(named === null ? { default: true } : { id: named.name }, place.options);
  if (named !== null)
    return { vpcId: vpc.id, cidr: vpc.cidrBlock, subnets: named.subnets, publicSubnets: named.subnets };
  const { ids } = await ec2.getSubnets({ filters: [{ name: 'vpc-id', values: [vpc.id] }] }, place.options);
  return { vpcId: vpc.id, cidr: vpc.cidrBlock, subnets: ids, publicSubnets: ids };
}
