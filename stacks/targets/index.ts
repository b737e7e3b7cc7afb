// Which tools can be told? The registry: one file per target, one line here.
import { compose } from './compose.ts';
import type { Target } from './types.ts';

export const targets = { compose } satisfies Record<string, Target>;
