// How does a test read an event stream? The next event as a promise, the raw bytes, and how it ended.
import type { IncomingHttpHeaders } from 'node:http';
import { requestTo } from './client.ts';

export type ServerEvent = { readonly event: string; readonly data: Record<string, unknown> };

export type EventReader = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Everything that came, as text. */
  readonly raw: () => string;
  /** The next event of this name, pings and others before it dropped. */
  readonly next: (name: string) => Promise<ServerEvent>;
  /** How the stream ended: by a reset, or cleanly. */
  readonly ended: Promise<'reset' | 'clean'>;
  readonly close: () => void;
  readonly pause: () => void;
};

/** Opens a stream; resolves once its headers came. */
export const openEvents = (url: string, headers: Readonly<Record<string, string>>, ca?: string): Promise<EventReader> =>
  new Promise((resolve, reject) => {
    const sent = requestTo(url, ca, { headers });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let raw = '';
      let taken = 0;
      const events: ServerEvent[] = [];
      const waiting: (() => void)[] = [];
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        raw += text;
        for (let end = raw.indexOf('\n\n', taken); end >= 0; end = raw.indexOf('\n\n', taken)) {
          const frame = /^event: (.*)\ndata: (.*)$/.exec(raw.slice(taken, end));
          taken = end + 2;
          if (frame) events.push({ event: frame[1] ?? '', data: JSON.parse(frame[2] ?? 'null') });
        }
        for (const wake of waiting.splice(0)) wake();
      });
      const ended = new Promise<'reset' | 'clean'>((settle) => {
        response.on('end', () => settle('clean'));
        response.on('error', () => settle('reset'));
        response.on('aborted', () => settle('reset'));
      });
      const next = async (name: string): Promise<ServerEvent> => {
        for (;;) {
          const event = events.shift();
          if (event?.event === name) return event;
          if (!event) await new Promise<void>((wake) => waiting.push(wake));
        }
      };
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        raw: () => raw,
        next,
        ended,
        close: () => sent.destroy(),
        pause: () => response.pause(),
      });
    });
    sent.end();
  });
