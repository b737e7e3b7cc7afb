// Which tools can be told? The registry: one file per target, one line here.
import { compose } from './compose.ts';
import { swarm } from './swarm.ts';
import type { Target } from './types.ts';

export const targets = { compose, swarm } satisfies Record<string, Target>;
