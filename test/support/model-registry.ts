// Fake: where do models come from? A registry over TLS that hands out what a folder of Ollama holds.
import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createSecretFiles } from '../../stacks/drivers/secret-files.ts';
import { ownFolder } from './folder.ts';
import { copyTiny } from './models.ts';

export class ModelRegistry {
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  /** So many requests are answered with 503 first. */
  refuses = 0;
  readonly authority: string;
  readonly #server: Server;

  private constructor(folder: string) {
    this.authority = join(folder, 'authority/test.crt');
    const read = (name: string): Buffer => readFileSync(join(folder, 'registry', name));
    this.#server = createServer({ cert: read('tls.crt'), key: read('tls.key') }, ({ method, url = '' }, answer) => {
      this.asked.push(`${method} ${url}`);
      if (this.refuses-- > 0) {
        answer.writeHead(503).end();
        return;
      }
      const [, digest] = /\/blobs\/sha256:([0-9a-f]{64})$/.exec(url) ?? [];
      if (digest === undefined) {
        const manifest = readFileSync(join(folder, 'models/manifests/registry.ollama.ai/library/tiny/1'));
        answer.writeHead(200, { 'content-length': manifest.length }).end(manifest);
        return;
      }
      const blob = join(folder, 'models/blobs', `sha256-${digest}`);
      const size = readFileSync(blob).length;
      // Ollama expects blobs under another name than the registry's own.
      if (method === 'GET' && url.startsWith('/v2/')) {
        answer.writeHead(307, { location: `https://127.0.0.1:${this.#port()}/elsewhere${url}` }).end();
        return;
      }
      const [, from = '0', to = String(size - 1)] = /bytes=(\d+)-(\d+)/.exec(answer.req.headers.range ?? '') ?? [];
      const [start, end] = [Number(from), Number(to)];
      answer.writeHead(answer.req.headers.range ? 206 : 200, { 'content-length': end - start + 1 });
      if (method === 'HEAD') answer.end();
      else createReadStream(blob, { start, end }).pipe(answer);
    });
  }

  #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The name of its one model. */
  get model(): string {
    return `localhost:${this.#port()}/library/tiny:1`;
  }

  static async start(t: TestContext): Promise<ModelRegistry> {
    const folder = ownFolder(t);
    copyTiny(join(folder, 'models'));
    const names = ['localhost', '127.0.0.1'];
    await createSecretFiles({ folder, owner: null, root: null }, [
      { kind: 'authority', path: 'authority/test', name: 'test' },
      { kind: 'certificate', path: 'registry/tls', by: 'authority/test', names, use: 'server' },
    ]);
    const registry = new ModelRegistry(folder);
    await once(registry.#server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => void registry.#server.close().closeAllConnections());
    return registry;
  }
}
