// What do the signs of life and the goodbye of an existing SimpleTuner worker do? (worker-protocol 2.3 and 2.6)
import type { House } from '../door.ts';
import type { App } from '../server.ts';
import { callingWorker, sameWorker, sessionOf } from './caller.ts';
import { oneOf, optionalNumber, optionalObject, optionalText, shaped, text } from './shape.ts';

export const heartbeatPath = '/api/workers/heartbeat';
export const disconnectPath = '/api/workers/disconnect';

const shape = {
  worker_id: text,
  status: oneOf('idle', 'busy'),
  current_job_id: optionalText,
  job_progress: optionalObject,
  gpu_utilization: optionalNumber,
  vram_used_gb: optionalNumber,
};

export const heartbeatRoutes = (app: App, house: House): void => {
  const { conductor, streams } = house;
  const config = { access: 'compatible' as const };
  /** By worker: the job that it named while we had given it none, once already. */
  const strangeJobs = new Map<string, string>();

  app.post(heartbeatPath, { config }, async (request) => {
    const worker = callingWorker(house, request);
    const body = shaped(request.body, shape);
    sameWorker(worker, body.worker_id);
    const session = sessionOf(worker);
    await conductor.run({ type: 'seen', workerId: worker.id, session });
    const isBusy = String(body.status).toLowerCase() === 'busy';
    const jobId = isBusy && typeof body.current_job_id === 'string' ? body.current_job_id : null;
    // Said twice in a row it is no report that crossed an end: the client is told to stop.
    if (jobId !== null && strangeJobs.get(worker.id) === jobId)
      streams.of(worker.id, session)?.send('job_cancel', { type: 'job_cancel', job_id: jobId });
    if (jobId === null) strangeJobs.delete(worker.id);
    else strangeJobs.set(worker.id, jobId);
    return { success: true };
  });

  app.post(disconnectPath, { config }, async (request) => {
    const worker = callingWorker(house, request);
    const body = shaped(request.body, { worker_id: text });
    sameWorker(worker, body.worker_id);
    // Repeating it is harmless: a worker that has left already is left alone.
    await conductor.run({ type: 'leave', workerId: worker.id, session: sessionOf(worker) });
    return { success: true };
  });
};
