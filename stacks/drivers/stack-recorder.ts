// What would `docker stack deploy` do? It talks to a recorder that answers its questions from the swarm and does nothing.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Spec, StackRequests } from '../plans/types.ts';
import type { DockerClient } from './docker.ts';
import { callEngine, EngineRefusal } from './engine-call.ts';

type Named = { readonly ID: string; readonly Spec: { readonly Name: string } };

/** Lists that must show what the swarm does not have yet. */
type Pretended = { readonly secrets: Named[]; readonly configs: Named[] };

type Recording = {
  networks: string[];
  configs: string[];
  services: StackRequests['services'][number][];
  removed: string[];
};

const ownId = (name: string): string => `new:${name}`;

const named = (name: string): Named & Spec => ({ ID: ownId(name), Version: { Index: 0 }, Spec: { Name: name } });

/**
 * Serves the engine's API on the unix socket `path` while `work` runs, and gives what was asked for. Secrets of the
 * given names count as there.
 */
export async function recordStack(
  docker: DockerClient,
  path: string,
  secrets: readonly string[],
  work: (host: string) => Promise<void>,
): Promise<StackRequests> {
  const recording: Recording = { networks: [], configs: [], services: [], removed: [] };
  const pretended: Pretended = { secrets: secrets.map(named), configs: [] };
  const { ApiVersion } = await docker.version();
  const server = createServer((request, response) => {
    // By this header the client chooses words that the engine knows.
    response.setHeader('api-version', ApiVersion);
    answer(docker, request, recording, pretended)
      .then(({ body, status }) => send(response, status, body))
      .catch((error: Error) =>
        send(response, error instanceof EngineRefusal ? error.status : 500, { message: error.message }),
      );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  try {
    await work(`unix://${path}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return recording;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function answer(
  docker: DockerClient,
  request: IncomingMessage,
  recording: Recording,
  pretended: Pretended,
): Promise<{ readonly status: number; readonly body?: unknown }> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://engine');
  const path = pathname.replace(/^\/v\d+\.\d+/, '');
  if (path === '/_ping') return { status: 200, body: 'OK' };
  if (request.method === 'GET') {
    const asked = await callEngine<unknown>(docker, { method: 'GET', path, query: Object.fromEntries(searchParams) });
    const kind = path.slice(1);
    const added = kind === 'secrets' || kind === 'configs' ? pretended[kind] : [];
    return { status: 200, body: Array.isArray(asked) ? [...asked, ...added] : asked };
  }
  const body = (await bodyOf(request)) as Spec & { readonly Name?: string };
  const [, kind = '', id = ''] = path.split('/');
  if (request.method === 'DELETE' && kind === 'services') {
    recording.removed.push(id);
    return { status: 200 };
  }
  if (kind === 'networks' && id === 'create') {
    recording.networks.push(body.Name ?? '');
    return { status: 201, body: { Id: ownId(body.Name ?? '') } };
  }
  if (kind === 'configs' && id === 'create') {
    recording.configs.push(body.Name ?? '');
    pretended.configs.push(named(body.Name ?? ''));
    return { status: 201, body: { ID: ownId(body.Name ?? '') } };
  }
  if (kind === 'services') {
    recording.services.push({ id: id === 'create' ? null : id, spec: body });
    return { status: id === 'create' ? 201 : 200, body: { ID: ownId(body.Name ?? '') } };
  }
  // Configs and secrets that are there already get their labels once more.
  if (path.endsWith('/update')) return { status: 200 };
  throw new EngineRefusal(501, `the recorder knows no ${request.method} ${path}`);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}
