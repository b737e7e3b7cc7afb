// What lies under a TLS connection? A TCP socket: it alone can be reset, and it is there before the handshake ends.
import type { Socket } from 'node:net';
import { type Server, TLSSocket } from 'node:tls';

const under = new WeakMap<Socket, Socket>();

/** A living connection has these to itself. */
const endOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

const refusal = JSON.stringify({
  error: { code: 'tls_required', message: 'this port speaks TLS: write https:// for http://' },
});

/** To whoever sent plain HTTP; else a connection that ends says nothing. */
const speakTls = [
  'HTTP/1.1 400 Bad Request',
  'content-type: application/json',
  'connection: close',
  `content-length: ${refusal.length}`,
  '',
  refusal,
].join('\r\n');

/** Follows the server's connections; gives what ends those that have not shaken hands yet, of which HTTP knows nothing. */
export const followConnections = (server: Server): (() => void) => {
  const opening = new Map<string, Socket>();
  server.on('connection', (socket) => {
    const end = endOf(socket);
    opening.set(end, socket);
    socket.once('close', () => {
      if (opening.get(end) === socket) opening.delete(end);
    });
  });
  server.on('secureConnection', (secure) => {
    const end = endOf(secure);
    const socket = opening.get(end);
    if (socket) under.set(secure, socket);
    opening.delete(end);
  });
  // Before all others, which end the connection.
  server.prependListener('tlsClientError', (error: NodeJS.ErrnoException, secure) => {
    if (error.code === 'ERR_SSL_HTTP_REQUEST') opening.get(endOf(secure))?.end(speakTls);
  });
  return () => {
    for (const socket of opening.values()) socket.destroy();
  };
};

/** Ends a connection, with TLS or without, so that its other end loses what it has not read. */
export const resetConnection = (socket: Socket): void => {
  const lowest = under.get(socket) ?? socket;
  // Its other end went during the handshake: there is nobody to be told.
  if (lowest instanceof TLSSocket) lowest.destroy();
  else lowest.resetAndDestroy();
};
