// Who may speak with a machine? Nobody but those who are named, and it with the web.
import { ec2, type types } from '@pulumi/aws';
import type { Input } from '@pulumi/pulumi';
import type { Place } from './place.ts';

/**
 * Only `ingress` comes in, and it is named even where it is empty: otherwise a door that somebody opened would stay. What
 * goes out is DNS and web of any port, since the orchestrator may listen on any.
 */
export function makeWall(
  { cluster, options }: Place,
  name: string,
  vpcId: Input<string>,
  ingress: types.input.ec2.SecurityGroupIngress[] = [],
): ec2.SecurityGroup {
  return new ec2.SecurityGroup(
    name,
    {
      vpcId,
      description: `Muster ${cluster} ${name}`,
      ingress,
      egress: [
        { description: 'web', protocol: 'tcp', fromPort: 1, toPort: 65535, cidrBlocks: ['0.0.0.0/0'] },
        { description: 'DNS', protocol: 'udp', fromPort: 53, toPort: 53, cidrBlocks: ['0.0.0.0/0'] },
        { description: 'time', protocol: 'udp', fromPort: 123, toPort: 123, cidrBlocks: ['0.0.0.0/0'] },
      ],
      tags: { Name: `${cluster}-${name}` },
    },
    options,
  );
}
