// Which routes does the agent call? The protocol's, repeated here because importing them would load its schemas.
import type { agentPaths } from '../../protocol/index.ts';

export const paths = {
  register: '/api/v1/agent/register',
  stream: '/api/v1/agent/stream',
  offers: '/api/v1/agent/offers',
  accept: '/api/v1/agent/accept',
  refuse: '/api/v1/agent/refuse',
  heartbeat: '/api/v1/agent/heartbeat',
  report: '/api/v1/agent/report',
  leave: '/api/v1/agent/leave',
  logs: '/api/v1/agent/logs',
  inputs: '/api/v1/agent/inputs',
  artifacts: '/api/v1/agent/artifacts',
} as const satisfies typeof agentPaths;
