// What was decided about the swarm?
import { swarmDefaults } from '../spec/defaults-services.ts';
import type { SwarmSpec } from '../spec/types.ts';
import { sorted } from './decide.ts';
import type { Swarm } from './types.ts';

export function swarmOf(spec: SwarmSpec): Swarm {
  return {
    registry: spec.registry ?? null,
    endpoint: spec.endpoint ?? swarmDefaults.endpoint,
    encrypted: spec.encrypted ?? swarmDefaults.encrypted,
    workersOnManagers: spec.workersOnManagers ?? swarmDefaults.workersOnManagers,
    engines: sorted(spec.engines ?? {}),
  };
}
