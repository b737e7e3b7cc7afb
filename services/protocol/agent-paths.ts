// Where are the routes of our agents? Without schemas, so that the agent can import it and stay small.
export const agentPaths = {
  /** POST with an invite as the bearer token: a machine becomes a worker. */
  join: '/api/v1/agent/join',
  register: '/api/v1/agent/register',
  stream: '/api/v1/agent/stream',
  offers: '/api/v1/agent/offers',
  accept: '/api/v1/agent/accept',
  refuse: '/api/v1/agent/refuse',
  heartbeat: '/api/v1/agent/heartbeat',
  report: '/api/v1/agent/report',
  leave: '/api/v1/agent/leave',
  /** POST by the agent, or in its name after its end: it keeps failing, or does no longer. */
  failing: '/api/v1/agent/failing',
  /** POST: which release it runs, and whether it can be updated. GET `…/program/<sha256>`: the one to update to. */
  program: '/api/v1/agent/program',
  /** PUT `…/logs/<job>?fence=F&offset=N`, raw bytes; the answer says up to where they are held. */
  logs: '/api/v1/agent/logs',
  /** GET `…/inputs/<job>/<digest>?fence=F`, raw bytes. */
  inputs: '/api/v1/agent/inputs',
  /** PUT `…/artifacts/<job>/<digest>?fence=F`, raw bytes; 200 at once without a body when it is held already (HEAD asks). */
  artifacts: '/api/v1/agent/artifacts',
} as const;
