// Which ways to run jobs are there, and which is the strongest one here?
import { cgroupContainment } from './cgroup.ts';
import { processExecutor } from './process.ts';
import { groupContainment } from './sweep.ts';
import type { Executor } from './types.ts';
import { unitExecutor, unitsAreThere } from './unit.ts';

export type Wish = {
  /** Tells this agent's cgroups from those of others on the machine. */
  readonly name: string;
  /** The agent's own PATH. */
  readonly path: string;
  /** The agent's own folder. */
  readonly state: string;
  /** `process-group` leaves cgroups alone also where they could be used. */
  readonly isolation: 'auto' | 'process-group';
};

const executors = {
  unit: (wish) => (wish.isolation === 'auto' && unitsAreThere(wish.state) ? unitExecutor(wish.path) : null),
  process: (wish) =>
    processExecutor((wish.isolation === 'auto' ? cgroupContainment(wish.name) : null) ?? groupContainment(), wish.path),
} satisfies Record<string, (wish: Wish) => Executor | null>;

/** The strongest first. */
export const chooseExecutor = (wish: Wish): Executor => executors.unit(wish) ?? executors.process(wish);
