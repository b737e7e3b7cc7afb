// How does the orchestrator speak TLS? 1.2 and 1.3, with ciphers that authenticate what they hide, and nothing older.

import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { followConnections } from './connections.ts';
import type { Pair } from './pair.ts';

const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

/** Who opens a connection must have shaken hands by then. */
const handshakeMs = 10_000;

const contextOf = ({ certificate, key }: Pair) =>
  ({ cert: certificate, key, minVersion: 'TLSv1.2', ciphers, ecdhCurve: 'X25519:P-256:P-384' }) as const;

export type SecureServers = {
  /** A server, not listening yet; there may be several, one for each address of a name. */
  readonly create: (options: ServerOptions, listener: RequestListener) => Server;
  /** New connections get this one; open ones go on as they are. */
  readonly change: (pair: Pair) => void;
  /** Ends connections that have not shaken hands yet. */
  readonly cutOpening: () => void;
};

export const secureServers = (first: Pair): SecureServers => {
  const servers: { readonly server: Server; readonly cutOpening: () => void }[] = [];
  let pair = first;
  return {
    create: (options, listener) => {
      const secured = { ...contextOf(pair), handshakeTimeout: handshakeMs, ALPNProtocols: ['http/1.1'] };
      const server = createServer({ ...options, ...secured }, listener);
      servers.push({ server, cutOpening: followConnections(server) });
      return server;
    },
    change: (next) => {
      pair = next;
      for (const { server } of servers) server.setSecureContext(contextOf(next));
    },
    cutOpening: () => {
      for (const each of servers) each.cutOpening();
    },
  };
};
