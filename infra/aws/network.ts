// In which network do the machines lie? One of its own without a way in, that of the account, or a named one.
import { ec2, getAvailabilityZones, iam, type kms } from '@pulumi/aws';
import { type Input, interpolate, jsonStringify, type Output, type Resource } from '@pulumi/pulumi';
import type { Fleet } from '../types.ts';
import { makeLog } from './logs.ts';
import type { Place } from './place.ts';

/** The zone is known before the subnet is there: what lies in it must not be made anew because it is not. */
export type Subnet = { readonly id: Input<string>; readonly zone: string };

export type Network = {
  readonly vpcId: Input<string>;
  readonly cidr: Input<string>;
  /** Where machines lie: with a way out, without one in; at least one. */
  readonly subnets: readonly Subnet[];
  /** Where a public load balancer lies. */
  readonly publicSubnets: readonly Subnet[];
  /** Without these a machine that boots finds no way out. */
  readonly wayOut: readonly Resource[];
};

const range = '10.201.0.0/16';

/**
 * The first three of the region, and every zone that a pool names. In this order, whatever pools name: the control plane
 * is in the first, and the volume with its state cannot go with it to another.
 */
async function zonesOf(place: Place, fleet: Fleet): Promise<readonly string[]> {
  const named = [...new Set(fleet.groups.flatMap(({ zones }) => zones))].sort();
  // Without local zones, where hardly any machine type is.
  const everywhere = [{ name: 'opt-in-status', values: ['opt-in-not-required'] }];
  const { names } = await getAvailabilityZones({ state: 'available', filters: everywhere }, place.options);
  return [...new Set([...[...names].sort().slice(0, 3), ...named])];
}

/** Who spoke with whom: kept as long as the logs are. */
function flowLogs(place: Place, key: kms.Key, vpcId: Output<string>, days: number): void {
  const { account, cluster, options, partition, region } = place;
  // No pool has a name with a dot.
  const log = makeLog(place, 'network.flows', { namePrefix: `/muster/${cluster}/flows-` }, { key, days });
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
      {
        Effect: 'Allow',
        Action: 'logs:DescribeLogGroups',
        Resource: interpolate`arn:${partition}:logs:${region}:${account}:log-group:*`,
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
  const wayOut = zones.flatMap((zone, index) =>
    (
      [
        ['public', publicSubnets],
        ['private', subnets],
      ] as const
    ).map(([kind, list]) => {
      const args = { subnetId: list[index]?.id ?? '', routeTableId: tables[kind].id };
      return new ec2.RouteTableAssociation(`${kind}-${zone}`, args, options);
    }),
  );
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
    subnets: subnets.map(({ id }, index) => ({ id, zone: zones[index] ?? '' })),
    publicSubnets: publicSubnets.map(({ id }, index) => ({ id, zone: zones[index] ?? '' })),
    wayOut,
  };
}

export async function makeNetwork(place: Place, key: kms.Key, fleet: Fleet): Promise<Network> {
  const { network } = fleet;
  const { options } = place;
  if (network.kind === 'new') return ownNetwork(place, key, fleet);
  const isNamed = network.kind === 'named';
  const vpc = await ec2.getVpc(isNamed ? { id: network.name } : { default: true }, options);
  const filters = [
    { name: 'vpc-id', values: [vpc.id] },
    { name: 'default-for-az', values: ['true'] },
  ];
  const ids = isNamed ? network.subnets : (await ec2.getSubnets({ filters }, options)).ids;
  const subnets = await Promise.all(
    ids.map(async (id) => ({ id, zone: (await ec2.getSubnet({ id }, options)).availabilityZone })),
  );
  // AWS lists them in any order: the first is that of the control plane, in each run.
  if (!isNamed) subnets.sort((a, b) => (a.zone < b.zone ? -1 : 1));
  return { vpcId: vpc.id, cidr: vpc.cidrBlock, subnets, publicSubnets: subnets, wayOut: [] };
}
