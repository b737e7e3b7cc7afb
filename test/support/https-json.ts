// How does a test ask the API of a cluster over TLS? One request on a connection of its own; its answer as a value.
import { type RequestOptions, request } from 'node:https';

/** Throws for an answer that is no success, and for none within ten seconds. */
export function askJson<Answer>(options: RequestOptions, body?: unknown): Promise<Answer> {
  const asked = `${options.method} ${options.path}`;
  return new Promise((resolve, reject) => {
    const call = request({ agent: false, timeout: 10_000, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => {
        if (Number(response.statusCode) < 300) resolve(JSON.parse(text) as Answer);
        else reject(new Error(`${asked}: ${response.statusCode} ${text}`));
      });
      response.once('error', reject);
    });
    call.once('timeout', () => call.destroy(new Error(`${asked}: no answer`)));
    call.once('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
