// May this request in? Checked before its body is read.
import type { Caller } from '../credentials.ts';
import type { House } from './door.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { Refused } from './refused.ts';
import type { Access, App, HttpRequest } from './server.ts';

const admits: Readonly<Record<Exclude<Access, 'open' | 'compatible'>, (caller: Caller) => boolean>> = {
  admin: (caller) => caller.kind === 'admin',
  metrics: (caller) => caller.kind === 'admin' || caller.kind === 'metrics',
  register: (caller) => caller.kind === 'class' || caller.kind === 'worker',
  worker: (caller) => caller.kind === 'worker',
  join: (caller) => caller.kind === 'invite',
  download: (caller) => ['admin', 'worker', 'invite', 'class'].includes(caller.kind),
};

/** Failed credentials, by address: a valid one is never limited, for whole fleets share an address. */
export const createFailedTokens = (): RateLimit => createRateLimit(30, 60_000);

const bearerOf = (request: HttpRequest): string | null =>
  /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;

const challenge = { 'www-authenticate': 'Bearer' };

/** Refuses whoever may not use a route: 401 without a known token, 403 with one that is not for it, 429 after many. */
export const guardRoutes = (app: App, house: House, failedTokens: RateLimit): void => {
  const { conductor, credentials } = house;
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access ?? 'admin';
    // The compatible door answers in words of its own; an unknown path has no route to guard.
    if (access === 'open' || access === 'compatible' || request.is404) return;
    const token = bearerOf(request);
    const caller = token === null ? null : credentials.identify(token, conductor.indexes());
    if (!caller) {
      const now = conductor.now();
      const waitSeconds = token === null ? null : failedTokens(request.ip, now.mono);
      if (waitSeconds !== null)
        throw new Refused(429, 'too_many_failures', 'too many unknown tokens from this address', {
          headers: { 'retry-after': String(waitSeconds) },
        });
      const message = token === null ? 'send Authorization: Bearer <key or token>' : 'this key or token is not known';
      throw new Refused(401, 'unauthorized', message, { headers: challenge });
    }
    if (!admits[access](caller)) {
      conductor.audit({
        action: 'request.denied',
        target: caller.kind === 'worker' ? caller.workerId : caller.kind,
        outcome: 'refused',
        detail: { route: request.routeOptions.url ?? '' },
      });
      throw new Refused(403, 'forbidden', `a ${caller.kind} credential does not open this route`);
    }
    request.caller = caller;
  });
};
