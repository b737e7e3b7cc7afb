// How do the parts of an agent come together, and how do they go down in order?
import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { agentPaths } from '../protocol/agent-paths.ts';
import type { Failing } from '../protocol/index.ts';
import type { AttemptParts } from './attempt-parts.ts';
import { Attempts } from './attempts.ts';
import type { Clock } from './core/clock.ts';
import { LeaseTable } from './core/leases.ts';
import { type Log, reasonOf } from './core/log.ts';
import { chooseExecutor } from './executors/index.ts';
import { keepContact } from './failures/contact.ts';
import type { Life } from './failures/life.ts';
import { detectHardware } from './hardware/index.ts';
import { serveHealth } from './health.ts';
import { openCredentials, readInstance, readTokenFile } from './identity.ts';
import { exchangeOver, openInvited } from './invite.ts';
import { Session } from './session.ts';
import type { Settings } from './settings.ts';
import { writeDurably } from './spool/durable.ts';
import { holdState } from './state-lock.ts';
import { releaseOf } from './update/place.ts';
import { Wishes } from './update/wishes.ts';
import { version } from './version.ts';
import { createClient } from './wire/client.ts';
import { createHttp } from './wire/http.ts';

/** What only the process itself can know. */
export type Host = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  readonly availableCpus: number;
  readonly arch: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Where its starts and ends are noted. */
  readonly life: Life;
};

export type Agent = {
  /** What it is doing, in one short sentence. */
  status(): string;
  /** Rejects with InviteRefused when no repetition can open the door; resolves when the agent has left. */
  readonly ended: Promise<void>;
  /** Resolves when the agent has left. Called again it stops the jobs at once. */
  stop(): Promise<void>;
};

const mostGraceMs = 10_000;
const logLimits = { headBytes: 256 * 1024 * 1024, tailBytes: 256 * 1024 };

/** Starts an agent: first what an earlier one left is ended, then it registers. Rejects with one sentence. */
export const startAgent = async (settings: Settings, host: Host): Promise<Agent> => {
  const { clock, random, log } = host;
  const path = host.env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  const state = settings.state;
  const jobsFolder = join(state, 'jobs');
  await mkdir(jobsFolder, { recursive: true, mode: 0o700 });
  await holdState(state);
  host.life.begin();

  const { inviteFile, orchestratorUrl, tokenFile, token } = settings;
  const given = tokenFile === null ? async () => token ?? '' : () => readTokenFile(tokenFile);
  const asks = {
    ...{ root: '/', path, availableCpus: host.availableCpus, folder: jobsFolder },
    ...{ cpus: settings.cpus, memoryMiB: settings.memoryMiB, gpus: settings.gpus },
  };
  const [instance, hardware, http] = await Promise.all([
    readInstance(state, host.hostname),
    detectHardware(asks),
    createHttp(orchestratorUrl, settings.caFile),
  ]);
  const credentials =
    inviteFile === null
      ? await openCredentials(state, orchestratorUrl.origin, given)
      : await openInvited(state, orchestratorUrl.origin, inviteFile, exchangeOver(http));
  for (const trouble of hardware.troubles) log.warn(trouble);

  const session = randomBytes(16).toString('base64url');
  const name = createHash('sha256').update(state).digest('hex').slice(0, 12);
  const executor = chooseExecutor({ name, path, state, isolation: settings.isolation });
  const leases = new LeaseTable({ ttlMs: 120_000, marginMs: 10_000 });
  const drainMs = settings.drainSeconds * 1000;
  const graceMs = Math.min(mostGraceMs, drainMs / 2);
  const client = createClient({
    ...{ http, clock, random, log },
    token: credentials.current,
    beforeSend: () => attempts.fenceOverdue(),
    sessionLost: () => connection.lost(),
  });
  const parts: AttemptParts = {
    ...{ client, clock, random, log, executor, session, jobsFolder, logLimits, graceMs },
    ...{ environment: host.env, inherit: settings.jobInherit, passOn: settings.jobEnvironment },
    gpuVariables: hardware.gpuVariables,
    gpuDevices: hardware.gpuDevices,
    worker: () => connection.worker,
    progressed: () => connection.progressed(),
  };
  const attempts = new Attempts(parts, leases);
  const say = async (failing: Failing | null, until: AbortSignal): Promise<void> => {
    await client.insist('POST', agentPaths.failing, () => ({ failing }), until);
  };
  const linked = (isOpen: boolean): void => {
    const contact = { url: orchestratorUrl, token: credentials.current(), caFile: settings.caFile };
    try {
      if (isOpen) keepContact(state, contact);
    } catch (error) {
      log.warn('nobody could be told of its end', { reason: reasonOf(error) });
    }
    void host.life.connected(isOpen, say);
  };
  const program = process.execPath;
  const wishes = new Wishes({
    ...{ client, clock, log, session, state, program, platform: `linux-${host.arch}` },
    jobs: () => attempts.count,
  });
  const connection = new Session({
    ...{ client, clock, random, log, session, credentials, attempts, leases, hardware, linked, wishes },
    isolation: executor.isolation,
    self: {
      ...{ name: settings.name, class: settings.class, instance, labels: settings.labels },
      ...{ capacity: hardware.capacity, version, arch: host.arch },
    },
  });
  const health = () => ({
    ...{ well: connection.well, worker: connection.worker, connected: connection.streamOpen },
    release: releaseOf(program),
    ...{ draining: connection.draining, isolation: executor.isolation, limits: executor.limits },
    ...{ running: attempts.running, gpus: hardware.capacity.gpus.length },
  });
  const served = await serveHealth({ health, load: hardware.meter() }, settings.health.host, settings.health.port);
  await writeDurably(join(state, 'health'), `${served.address}\n`);
  log.info('started', { version, isolation: executor.isolation, health: served.address, session });

  await attempts.reconcile();
  const running = connection.run();

  const close = () => {
    served.server.close();
    served.server.closeAllConnections();
    executor.close();
    http.close();
  };
  const shutDown = async (): Promise<void> => {
    attempts.refuseOffers();
    wishes.stop();
    const none = attempts.whenNone();
    connection.hurry();
    // TERM goes out early enough for the grace to end with the drain.
    await Promise.race([none, clock.wait(drainMs - graceMs)]);
    attempts.stopAll(graceMs);
    await Promise.race([none, clock.wait(graceMs + settings.reportSeconds * 1000)]);
    if (attempts.count > 0)
      log.warn('results were not acknowledged in time, they stay on disk', { count: attempts.count });
    await connection.leave();
    await Promise.race([running.catch(() => {}), clock.wait(500)]);
    close();
  };
  let stopping: Promise<void> | null = null;
  const jobs = () => `${attempts.running} ${attempts.running === 1 ? 'job' : 'jobs'} running`;
  return {
    status() {
      if (stopping !== null) return `leaving, ${jobs()}`;
      return connection.streamOpen ? `connected as ${connection.worker}, ${jobs()}` : `no orchestrator, ${jobs()}`;
    },
    ended: running,
    stop() {
      if (stopping !== null) attempts.stopAll(Math.min(graceMs, 1000));
      stopping ??= shutDown();
      return stopping;
    },
  };
};
