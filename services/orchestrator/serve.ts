// How do the parts become one running orchestrator, and how does it stop?
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { classOf } from '../scheduling/index.ts';
import { startConductor } from './conductor.ts';
import { openCredentials } from './credentials.ts';
import { sendEffect } from './doors/agent/index.ts';
import type { House } from './doors/door.ts';
import { createApp, createDoors, type RouteEntry } from './doors/index.ts';
import { createMetrics } from './doors/metrics/index.ts';
import { openBlobs } from './files/blobs.ts';
import { openDownloads } from './files/downloads.ts';
import { openLogs } from './files/logs.ts';
import { referencedDigests } from './files/referenced.ts';
import { createModelNodes } from './models/nodes.ts';
import { createObserved } from './observed.ts';
import type { Settings } from './settings.ts';
import { type StoreFailure, startStore } from './store/index.ts';
import { createStreams } from './streams.ts';
import { openTls } from './tls/index.ts';
import { version } from './version.ts';

export type Running = {
  /** Where it listens: `http://host:port`, or with `https:`. */
  readonly url: string;
  readonly routes: readonly RouteEntry[];
  readonly house: House;
  /** 503 to new requests, streams reset, commits flushed, all closed. */
  readonly stop: () => Promise<void>;
};

/** Requests in flight get so long to be answered at a stop. */
const lastAnswersMs = 2_000;
const collectMs = 3_600_000;

const folders = (stateFolder: string): { blobs: string; logs: string } => {
  const paths = { blobs: join(stateFolder, 'blobs'), logs: join(stateFolder, 'logs') };
  for (const path of Object.values(paths)) mkdirSync(path, { recursive: true, mode: 0o700 });
  return paths;
};

/**
 * Starts everything, listening last. `entry` is the file that the store's thread runs. Throws StoreFailure when the
 * store refuses, an Error with a line for each thing that the environment lacks. `lost` hears when the store can no
 * longer be used: whoever runs this process ends it then, for another start may succeed.
 */
export const serve = async (
  settings: Settings,
  entry: string,
  lost: (failure: StoreFailure) => void,
): Promise<Running> => {
  let stopping = false;
  const paths = folders(settings.stateFolder);
  const credentials = openCredentials(settings.secretsFolder, settings.classes);
  const tls = settings.tls && openTls(settings.tls);
  const app = createApp(settings.logLevel, () => stopping, tls);
  const metrics = createMetrics();
  const blobs = openBlobs(paths.blobs);
  const logs = openLogs(paths.logs);
  const streams = createStreams();
  const store = startStore(entry, settings.stateFolder, metrics.batchCommitted);
  const now = () => ({ mono: performance.now(), wall: Date.now(), random: Math.random() });
  const shortestMs = Math.min(settings.times.acceptMs, settings.times.ttlMs, settings.times.backoffBaseMs);

  const conductor = await startConductor({
    store,
    times: settings.times,
    now,
    tickMs: Math.min(1000, Math.max(50, shortestMs / 4)),
    perform: (effect) => {
      if (effect.type === 'ended') logs.wake(effect.jobId);
      else if (effect.type === 'alert') app.log.warn(effect.message);
      else sendEffect(house, effect);
    },
    changed: (job) => logs.wake(job.id),
    noted: (entry, job) => {
      metrics.noted(entry, job, (workerId) => classOf(conductor.state().workers.get(workerId)));
      const { action, target, outcome, detail } = entry;
      const level = /^(worker|invite|update)\./.test(action) || outcome === 'refused' ? 'info' : 'debug';
      app.log[level]({ action, target, outcome, ...detail }, 'audit');
    },
    troubled: (failure) => {
      if (failure) app.log.error({ kind: failure.kind }, failure.message);
      else app.log.info('the store can be written again');
    },
    lost,
  }).catch(async (error: unknown) => {
    await store.close().catch(() => {});
    throw error;
  });

  const house: House = {
    conductor,
    credentials,
    classes: settings.classes,
    blobs,
    logs,
    downloads:
      settings.downloadsFolder === null
        ? openDownloads(join(settings.stateFolder, 'downloads'), blobs)
        : openDownloads(settings.downloadsFolder, null),
    streams,
    observed: createObserved(),
    modelNodes: createModelNodes(settings.modelNodes, () => performance.now()),
    metrics,
    log: app.log,
    publicUrl: settings.publicUrl,
    version,
    startedAt: Date.now(),
    isStopping: () => stopping,
  };
  const { routes } = createDoors(app, house);

  const collect = async (): Promise<void> => {
    const { jobs, rollout } = conductor.state();
    const referenced = referencedDigests(jobs.values());
    const programs = Object.values(rollout?.release.programs ?? {}).map(({ sha256 }) => sha256);
    await blobs.collect((digest) => referenced.has(digest) || programs.includes(digest), Date.now());
    await logs.collect((jobId) => conductor.state().jobs.has(jobId));
  };
  const unfollow = tls?.follow(app.log) ?? (() => {});
  const collecting = setInterval(() => collect().catch((error) => app.log.error(error)), collectMs);

  const stop = async (): Promise<void> => {
    stopping = true;
    clearInterval(collecting);
    unfollow();
    conductor.stop();
    streams.cutAll();
    const closed = app.close();
    const late = setTimeout(() => {
      app.server.closeAllConnections();
      tls?.cutOpening();
    }, lastAnswersMs);
    await closed.finally(() => clearTimeout(late));
    await store.close();
  };

  try {
    await app.listen({
      host: settings.host,
      port: settings.port,
      backlog: 4096,
      listenTextResolver: (address) => `Server listening at ${tls ? address.replace(/^http:/, 'https:') : address}`,
    });
  } catch (error) {
    await stop();
    throw new Error(`cannot listen on ${settings.host}:${settings.port} (${(error as Error).message})`, {
      cause: error,
    });
  }
  collect().catch((error) => app.log.error(error));
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : settings.port;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return { url: `${tls ? 'https' : 'http'}://${host}:${port}`, routes, house, stop };
};
