// Which image does a machine boot? Ubuntu, whose image has the agent of Session Manager; with drivers where it has GPUs.
import { ec2, ssm } from '@pulumi/aws';
import { type Input, type Output, output } from '@pulumi/pulumi';
import type { Place } from './place.ts';

export type BootImage = {
  readonly id: Output<string>;
  /** Of its root disk: one of another name would be a second disk. */
  readonly rootDevice: Output<string>;
};

const ubuntu = (architecture: 'amd64' | 'arm64'): string =>
  `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`;
const withDrivers = '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id';

type Wanted = {
  /** By the spec; null: ours. */
  readonly named: string | null;
  readonly architecture: 'arm64' | 'x64';
  readonly hasGpus: boolean;
};

/** From the parameters that the makers keep: which image it was stands in the state, and a change is shown. */
export function imageOf({ options }: Place, { architecture, hasGpus, named }: Wanted): BootImage {
  const name = hasGpus ? withDrivers : ubuntu(architecture === 'x64' ? 'amd64' : architecture);
  const id: Input<string> = named ?? ssm.getParameterOutput({ name }, options).value;
  const { rootDeviceName } = ec2.getAmiOutput(
    { filters: [{ name: 'image-id', values: [id] }], includeDeprecated: true },
    options,
  );
  return { id: output(id), rootDevice: rootDeviceName };
}
