// Which tools can be told? The registry: one file per target, one line here.
import { ansible } from './ansible.ts';
import { cloudInit } from './cloud-init.ts';
import { compose } from './compose.ts';
import { swarm } from './swarm.ts';
import { systemd } from './systemd.ts';
import type { Target } from './types.ts';

export const targets = { ansible, 'cloud-init': cloudInit, compose, swarm, systemd } satisfies Record<string, Target>;

/** Those whose files lie under version control. */
export const usualTargets: readonly Target[] = Object.values<Target>(targets).filter(({ onDemand }) => !onDemand);
