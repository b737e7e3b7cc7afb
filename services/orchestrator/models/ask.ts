// What does an Ollama node have on disk and in memory? Three questions to its API, bounded in time and size.
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { z } from 'zod';

export type LoadedModel = {
  readonly name: string;
  readonly sizeBytes: number;
  readonly vramBytes: number;
  /** Milliseconds since 1970; null when the node does not say. */
  readonly expiresAt: number | null;
};

export type NodeAnswer = {
  readonly version: string;
  /** How many models are on its disk. */
  readonly models: number;
  readonly loaded: readonly LoadedModel[];
};

/** A node with thousands of models says less than a megabyte. */
const mostBytes = 4 * 1024 * 1024;

const Bytes = z.number().min(0).catch(0);
const Version = z.object({ version: z.string() });
const Tags = z.object({ models: z.array(z.unknown()).nullable() });
const Running = z.object({
  models: z
    .array(z.object({ name: z.string(), size: Bytes, size_vram: Bytes, expires_at: z.string().catch('') }))
    .nullable(),
});

/** Rejects for all but a 200 with JSON of that shape. */
const fetchJson = <Shape extends z.ZodType>(url: URL, shape: Shape, signal: AbortSignal): Promise<z.infer<Shape>> =>
  new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const asked = request(url, { signal, headers: { accept: 'application/json' } }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > mostBytes) asked.destroy(new Error(`the answer is larger than ${mostBytes} bytes`));
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
          resolve(shape.parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    asked.on('error', reject);
    asked.end();
  });

/** Rejects when one of the three is not answered before `signal` aborts, or not as Ollama answers. */
export const askNode = async (url: string, signal: AbortSignal): Promise<NodeAnswer> => {
  const at = (path: string): URL => new URL(`${url.replace(/\/+$/, '')}${path}`);
  const [{ version }, tags, running] = await Promise.all([
    fetchJson(at('/api/version'), Version, signal),
    fetchJson(at('/api/tags'), Tags, signal),
    fetchJson(at('/api/ps'), Running, signal),
  ]);
  const loaded = (running.models ?? []).map(({ name, size, size_vram, expires_at }) => {
    const expiresAt = Date.parse(expires_at);
    return { name, sizeBytes: size, vramBytes: size_vram, expiresAt: Number.isNaN(expiresAt) ? null : expiresAt };
  });
  return { version, models: tags.models?.length ?? 0, loaded };
};
