// How is one call of the engine's API made, where the client's own methods would say too much?
import type { DockerClient } from './docker.ts';

/** What the engine refused, in its own words. */
export class EngineRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type EngineCall = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

/**
 * One call of the engine's API. The client's own methods put a body's fields into the URL as well, secrets included:
 * here a body is a body.
 */
export function callEngine<Answer>(
  docker: DockerClient,
  { body, method, path, query = {} }: EngineCall,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      path: `${path}?`,
      method,
      statusCodes: { 200: true, 201: true, 204: true },
      options: { _query: query, _body: body ?? {} },
    };
    docker.modem.dial(
      options,
      (error: (Error & { statusCode?: number; json?: { message?: string } }) | null, answer) => {
        if (error === null) resolve(answer as Answer);
        else if (error.statusCode === undefined) reject(error);
        else reject(new EngineRefusal(error.statusCode, error.json?.message ?? error.message));
      },
    );
  });
}
