// Who lets callers through to the control plane? A load balancer with port 443, public only where it has a certificate.
import { ec2, lb, route53 } from '@pulumi/aws';
import type { Fleet } from '../types.ts';
import type { Files } from './bucket.ts';
import { logPrefix } from './bucket.ts';
import type { Network, Subnet } from './network.ts';
import type { Place } from './place.ts';

export function makeBalancerWall({ cluster, options }: Place, network: Network, isPublic: boolean): ec2.SecurityGroup {
  const tls = { protocol: 'tcp', fromPort: 443, toPort: 443 };
  return new ec2.SecurityGroup(
    'balancer',
    {
      vpcId: network.vpcId,
      description: `Muster ${cluster} load balancer: 443 alone`,
      ingress: [{ description: 'TLS', ...tls, cidrBlocks: [isPublic ? '0.0.0.0/0' : network.cidr] }],
      egress: [{ description: 'proxy', ...tls, cidrBlocks: [network.cidr] }],
      tags: { Name: `${cluster}-balancer` },
    },
    options,
  );
}

/** A load balancer takes one of each zone. */
const oneOfEach = (subnets: readonly Subnet[]) =>
  subnets.filter(({ zone }, index) => subnets.findIndex((other) => other.zone === zone) === index).map(({ id }) => id);

/** TCP passes through to the proxy; with a certificate TLS ends here, and begins anew to the proxy. */
export function makeBalancer(
  place: Place,
  network: Network,
  { reach: { certificate } }: Fleet,
  {
    instance,
    wall,
    files,
  }: { readonly instance: ec2.Instance; readonly wall: ec2.SecurityGroup; readonly files: Files },
): lb.LoadBalancer {
  const { options } = place;
  const isPublic = certificate !== null;
  const balancer = new lb.LoadBalancer(
    'orchestrator',
    {
      loadBalancerType: 'network',
      internal: !isPublic,
      subnets: oneOfEach(isPublic ? network.publicSubnets : network.subnets),
      securityGroups: [wall.id],
      enableCrossZoneLoadBalancing: true,
      accessLogs: { bucket: files.bucket.id, prefix: logPrefix, enabled: true },
    },
    // A public one asks for the gateway of its network, which cannot go before it.
    { ...options, dependsOn: [files.policy, ...network.wayOut] },
  );
  const protocol = isPublic ? 'TLS' : 'TCP';
  const targets = new lb.TargetGroup(
    'orchestrator',
    {
      ...{ port: 443, protocol, vpcId: network.vpcId, targetType: 'instance', deregistrationDelay: 30 },
      healthCheck: {
        protocol: 'TCP',
        port: '443',
        interval: 10,
        timeout: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
    },
    options,
  );
  new lb.TargetGroupAttachment(
    'orchestrator',
    { targetGroupArn: targets.arn, targetId: instance.id },
    { ...options, deleteBeforeReplace: true },
  );
  new lb.Listener(
    'orchestrator',
    {
      ...{ loadBalancerArn: balancer.arn, port: 443, protocol },
      ...(certificate !== null && { certificateArn: certificate, sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' }),
      defaultActions: [{ type: 'forward', targetGroupArn: targets.arn }],
    },
    options,
  );
  return balancer;
}

/** The name under which machines of the network reach it; for a certificate, people have one of their own. */
export function makeName(place: Place, { vpcId }: Network, { url }: Fleet, balancer: lb.LoadBalancer): void {
  const { cluster, options } = place;
  const name = new URL(url).hostname;
  const zone = new route53.Zone('names', { name: `${cluster}.muster.internal`, vpcs: [{ vpcId }] }, options);
  const aliases = [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false }];
  new route53.Record('orchestrator', { zoneId: zone.id, name, type: 'A', aliases }, options);
}
