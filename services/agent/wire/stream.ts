// How do offers and cancels reach the agent? Over one stream of server-sent events that must never be silent for long.
import { createParser } from 'eventsource-parser';
import { reasonOf } from '../core/log.ts';
import type { Answer, Client } from './client.ts';
import { readBody } from './http.ts';

export type StreamEnd = {
  /** It was open: headers came with 200. */
  readonly opened: boolean;
  readonly reason: string;
  /** The refusal's status when it was not opened. */
  readonly status: Answer['status'] | null;
  /** What the server's `retry:` line asks for. */
  readonly retryMs: number | null;
};

export type StreamEvents = {
  opened(): void;
  event(name: string, value: unknown): void;
};

/** A ping comes every 15 s; three missed ones mean that the connection is half open. */
export const silenceMs = 45_000;

/** Reads events until the stream ends in whatever way, or `signal` aborts. Never rejects. */
export const readStream = async (
  client: Client,
  path: string,
  events: StreamEvents,
  signal: AbortSignal,
): Promise<StreamEnd> => {
  let opened = false;
  let retryMs: number | null = null;
  const parser = createParser({
    maxBufferSize: 4 * 1024 * 1024,
    onRetry: (ms) => {
      retryMs = ms;
    },
    onEvent: ({ event, data }) => {
      let value: unknown;
      try {
        value = JSON.parse(data);
      } catch {
        return;
      }
      events.event(event ?? 'message', value);
    },
  });
  try {
    const head = await client.open(path, {
      idleMs: silenceMs,
      lane: 'own',
      headers: { accept: 'text/event-stream', 'cache-control': 'no-cache' },
      signal,
    });
    if (head.statusCode !== 200) {
      const text = (await readBody(head, 64 * 1024)).toString('utf8').slice(0, 300);
      return { opened, reason: `status ${head.statusCode}: ${text}`, status: head.statusCode ?? null, retryMs };
    }
    opened = true;
    events.opened();
    const decoder = new TextDecoder();
    for await (const chunk of head) parser.feed(decoder.decode(chunk as Buffer, { stream: true }));
    return { opened, reason: 'the server ended it', status: null, retryMs };
  } catch (error) {
    return { opened, reason: reasonOf(error), status: null, retryMs };
  }
};
