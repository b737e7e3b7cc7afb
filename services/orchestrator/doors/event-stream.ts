// How are events written to an open HTTP answer? One write and one chunk each, pure ASCII, bounded, ended by a reset.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { resetConnection } from '../tls/connections.ts';

export const pingMs = 15_000;

/** JSON in which every UTF-16 unit from U+007F up is escaped: some readers split lines at U+0085, U+2028 or U+2029. */
export const asciiJson = (value: object): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const formatFrame = (event: string, value: object): string => `event: ${event}\ndata: ${asciiJson(value)}\n\n`;

export type EventStream = {
  readonly send: (event: string, value: object) => void;
  readonly cut: () => void;
};

type Options = {
  /** What a ping carries; one goes out at once and then every 15 s. */
  readonly ping: object;
  /** Beyond so many unread bytes frames wait; a reader that does not catch up between two pings is cut. */
  readonly maxUnreadBytes: number;
  readonly onClose: () => void;
};

/** Takes over a hijacked answer. Nothing is replayed; whoever was cut connects again and is told what still holds. */
export const openEventStream = (request: IncomingMessage, response: ServerResponse, options: Options): EventStream => {
  const { socket } = request;
  socket.setNoDelay(true);
  socket.setTimeout(0);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  // A clean end would make compatible clients connect again without a pause.
  const cut = (): void => resetConnection(socket);
  // As values, which cost no memory of their own: a few large offers at once are no sign of a reader that stopped.
  const waiting: [event: string, value: object][] = [];
  let isBehind = false;
  const send = (event: string, value: object): void => {
    if (response.destroyed || socket.destroyed) return;
    if (response.writableLength > options.maxUnreadBytes) waiting.push([event, value]);
    else response.write(formatFrame(event, value));
  };
  const pinging = setInterval(() => {
    if (waiting.length === 0) send('ping', options.ping);
    else if (isBehind) cut();
    else isBehind = true;
  }, pingMs);
  response.on('drain', () => {
    isBehind = false;
    for (const [event, value] of waiting.splice(0)) send(event, value);
  });
  response.on('error', () => {});
  response.on('close', () => {
    clearInterval(pinging);
    options.onClose();
  });
  send('ping', options.ping);
  return { send, cut };
};
