// How does a test play an agent? Each step of the wire is a call; nothing happens by itself.

import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { agentPaths } from '../../../../services/protocol/index.ts';
import { afterTest } from './cleanup.ts';
import type { Answer, Client } from './client.ts';
import { type EventReader, openEvents } from './event-reader.ts';
import type { Bench } from './orchestrator.ts';

/** Where an agent registers: an orchestrator in this process, or one of its own. */
export type Door = Pick<Bench, 'client' | 'classSecret'>;

export type Lease = { readonly job: string; readonly fence: string };

export type ScriptedAgent = {
  readonly client: Client;
  readonly name: string;
  readonly workerId: string;
  readonly token: string;
  readonly session: string;
  readonly registered: Answer;
  readonly open: () => Promise<EventReader>;
  readonly accept: (lease: Lease) => Promise<Answer>;
  readonly heartbeat: (leases: readonly Lease[]) => Promise<Answer>;
  readonly report: (lease: Lease, more: Readonly<Record<string, unknown>>) => Promise<Answer>;
  readonly log: (lease: Lease, offset: number, text: string) => Promise<Answer>;
};

export const idleLoad = {
  cpu: 0.25,
  memoryUsedMiB: 100,
  memoryTotalMiB: 8192,
  swapUsedMiB: 0,
  diskFreeMiB: 50_000,
  gpus: [{ index: 0, utilization: 0.5, memoryUsedMiB: 2048, temperatureCelsius: 40 }],
};

export const registration = (more: Readonly<Record<string, unknown>> = {}) => ({
  session: randomBytes(16).toString('hex'),
  name: null,
  class: null,
  instance: randomBytes(8).toString('hex'),
  labels: {},
  capacity: { cpus: 4, memoryMiB: 8192, diskMiB: 50_000, gpus: [] },
  isolation: 'process-group',
  version: '0.1.0',
  arch: 'x64',
  claims: [],
  ...more,
});

/** Registers with a class secret or a token; the answer may be a refusal, which `registered` holds. */
export const registerAgent = async (
  bench: Door,
  credential: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<ScriptedAgent> => {
  const body = registration(more);
  const registered = await bench.client(credential).post(agentPaths.register, body);
  const token: string = registered.json?.token ?? credential;
  const client = bench.client(token);
  const { session } = body;
  let beats = 0;
  return {
    client,
    name: registered.json?.name,
    workerId: registered.json?.workerId,
    token,
    session,
    registered,
    open: () => openEvents(`${client.url}${agentPaths.stream}?session=${session}`, client.headers, client.ca),
    accept: (lease) => client.post(agentPaths.accept, { session, ...lease }),
    heartbeat: (leases) => client.post(agentPaths.heartbeat, { session, seq: beats++, leases, load: idleLoad }),
    report: ({ job, fence }, more) =>
      client.post(agentPaths.report, {
        ...{ session, job, fence, seq: 1, state: 'ended', cause: 'succeeded', exitCode: 0, detail: null, outputs: [] },
        ...more,
      }),
    log: ({ job, fence }, offset, text) =>
      client.call('PUT', `${agentPaths.logs}/${job}?fence=${fence}&offset=${offset}`, { bytes: Buffer.from(text) }),
  };
};

/** An agent of the test class that is connected: idle until it is offered a job. */
export const connectAgent = async (
  t: TestContext,
  bench: Door,
  more: Readonly<Record<string, unknown>> = {},
): Promise<ScriptedAgent & { readonly events: EventReader }> => {
  const agent = await registerAgent(bench, bench.classSecret('worker-01'), more);
  const events = await agent.open();
  afterTest(t, () => events.close());
  return { ...agent, events };
};

/** Waits for the next offer and accepts it. */
export const takeJob = async (agent: ScriptedAgent & { readonly events: EventReader }): Promise<Lease> => {
  const { data } = await agent.events.next('offer');
  const lease = { job: String(data.job), fence: String(data.fence) };
  const answer = await agent.accept(lease);
  if (answer.status !== 200) throw new Error(`the accept was answered ${answer.status}: ${answer.text}`);
  return lease;
};
