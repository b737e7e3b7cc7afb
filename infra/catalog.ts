// Which machine types are known, by cloud?
import type { CloudName } from '../stacks/cluster/types-pools.ts';
import { awsMachines } from './machines-aws.ts';
import { gcpMachines } from './machines-gcp.ts';
import type { Machine } from './types.ts';

export const machines = { aws: awsMachines, gcp: gcpMachines } satisfies Record<CloudName, readonly Machine[]>;
