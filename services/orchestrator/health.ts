// Is the orchestrator of these settings alive? The container's healthcheck asks it often, so it is cheap.
import { request } from 'node:http';
import type { Settings } from './settings.ts';

const timeoutMs = 5_000;

/**
 * Resolves with whether `/health` answered 200. An address that means "any" is asked on loopback: there the certificate
 * need not fit the address, and nothing secret is sent.
 */
export const isHealthy = async ({ host, port, tls }: Pick<Settings, 'host' | 'port' | 'tls'>): Promise<boolean> => {
  const target = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const ask = tls ? (await import('node:https')).request : request;
  return new Promise((resolve) => {
    const options = { host: target, port, path: '/health', timeout: timeoutMs, rejectUnauthorized: false };
    const asked = ask(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
};
