// What happens when an existing SimpleTuner worker registers? (worker-protocol 2.1)
import type { House } from '../door.ts';
import { createRateLimit } from '../rate-limit.ts';
import type { App } from '../server.ts';
import { callingWorker, sessionOf } from './caller.ts';
import { gpusOf } from './gpus.ts';
import type { Grants } from './grants.ts';
import { Declined } from './refusal.ts';
import { optionalBoolean, optionalText, optionalTexts, shaped, textOf } from './shape.ts';

export const registerPath = '/api/workers/register';

const shape = {
  name: textOf(1, 200),
  persistent: optionalBoolean,
  provider: optionalText,
  labels: optionalTexts,
  current_job_id: optionalText,
};

export const registerRoute = (app: App, house: House, grants: Grants): void => {
  const { conductor } = house;
  const registers = createRateLimit(10, 60_000);

  app.post(registerPath, { config: { access: 'compatible' } }, async (request) => {
    const worker = callingWorker(house, request);
    const body = shaped(request.body, shape);
    const { mono } = conductor.now();
    const waitSeconds = registers(worker.id, mono);
    if (waitSeconds !== null) throw new Declined(429, 'Too many registrations', { 'retry-after': String(waitSeconds) });
    const reply = await conductor.run({
      type: 'register',
      workerId: worker.id,
      session: sessionOf(worker),
      facts: {
        kind: 'compatible',
        instance: null,
        reportedLabels: (body.labels ?? {}) as Record<string, string>,
        capacity: { cpus: 0, memoryMiB: 0, diskMiB: 0, gpus: gpusOf(body) },
        isolation: null,
        version: null,
      },
      claims: [],
    });
    if (!reply.ok) throw new Declined(401, 'Invalid worker token');
    grants.grant(worker.id, mono);
    const claim = body.current_job_id;
    return {
      worker_id: worker.id,
      sse_url: `/api/workers/stream?worker_id=${worker.id}`,
      resume_job: null,
      // Nothing was ever given to it here, so whatever it runs is not ours.
      abandon_job: typeof claim === 'string' && claim !== '' ? claim : null,
    };
  });
};
