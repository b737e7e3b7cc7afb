// Is the orchestrator of these settings alive? The container's healthcheck asks it often, so it is cheap.
import { request } from 'node:http';

const timeoutMs = 5_000;

/** Resolves with whether `/health` answered 200. An address that means "any" is asked on loopback. */
export const isHealthy = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const target = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    const asked = request({ host: target, port, path: '/health', timeout: timeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
