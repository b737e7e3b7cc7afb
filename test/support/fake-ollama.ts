// Fake: how would an Ollama server answer? Real sockets and its three questions of state; answers can be held back.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export type FakeOllama = {
  readonly url: string;
  /** Paths in the order they were asked. */
  readonly asked: string[];
  /** The next answers wait until `release`. */
  hold: boolean;
  /** JSON by path; another status where `status` is not 200. */
  answers: Record<string, unknown>;
  status: number;
  readonly release: () => void;
};

/** Listens until the test is over. */
export const startFakeOllama = async (t: TestContext, answers: Record<string, unknown>): Promise<FakeOllama> => {
  const waiting: (() => void)[] = [];
  const answer = (path: string, response: ServerResponse): void => {
    const body = fake.answers[path];
    response.writeHead(fake.status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body ?? null));
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    fake.asked.push(path);
    if (fake.hold) waiting.push(() => answer(path, response));
    else answer(path, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const fake: FakeOllama = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    hold: false,
    answers,
    status: 200,
    release: () => {
      fake.hold = false;
      for (const go of waiting.splice(0)) go();
    },
  };
  return fake;
};

/** One loaded model and two on disk. */
export const someModels = (more: readonly object[] = []) => ({
  '/api/version': { version: '0.9.6' },
  '/api/tags': { models: [{ name: 'llama3.2:3b' }, { name: 'qwen3:8b' }] },
  '/api/ps': {
    models: [
      {
        name: 'llama3.2:3b',
        model: 'llama3.2:3b',
        size: 3_000_000_000,
        digest: 'a'.repeat(64),
        details: { format: 'gguf' },
        expires_at: '2318-11-23T05:55:28.968+02:00',
        size_vram: 2_000_000_000,
      },
      ...more,
    ],
  },
});
