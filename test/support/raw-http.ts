// What travels byte by byte? A client that sends anything, and a service that writes down what it got.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { ProxyBench } from './proxy-bench.ts';

/** A TLS connection to the proxy that trusts its authority and asks for `name`. */
export async function open({ ca, https }: ProxyBench, name = 'home.localhost'): Promise<TLSSocket> {
  const socket = connectTls({
    host: '127.0.0.1',
    port: https,
    ca,
    servername: name,
    checkServerIdentity: () => undefined,
  });
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return socket;
}

/** Sends it all and gives what came until the other side closed, or nothing more came for `quietMs`. */
export async function exchange(
  proxy: ProxyBench,
  sent: string,
  { name = 'home.localhost', quietMs = 700 } = {},
): Promise<string> {
  const socket = await open(proxy, name);
  let got = '';
  let lastAt = Date.now();
  socket.setEncoding('latin1').on('data', (text: string) => {
    got += text;
    lastAt = Date.now();
  });
  let closed = false;
  socket.once('close', () => {
    closed = true;
  });
  socket.write(Buffer.from(sent, 'latin1'));
  while (!closed && Date.now() - lastAt < quietMs) await setTimeout(10);
  socket.destroy();
  return got;
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);

export type Recorder = { readonly port: number; readonly server: Server; readonly seen: string[] };

/** Writes down each connection as one text, and answers `200 ok` as soon as the head is there; on `/wait` never. */
export async function recorder(): Promise<Recorder> {
  const seen: string[] = [];
  const server = createServer((socket: Socket) => {
    const index = seen.push('') - 1;
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (text: string) => {
      const before = seen[index] as string;
      seen[index] = before + text;
      if (!before.includes('\r\n\r\n') && /^(?!\S+ \S*\/wait)[\s\S]*\r\n\r\n/.test(seen[index] as string))
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server, seen };
}

/** One request in the strictest reading: its first line, and what follows after its end. */
export function strictRequest(text: string): { readonly first: string; readonly rest: string } {
  const [head = '', ...bodies] = text.split('\r\n\r\n');
  const body = bodies.join('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  if (/[\r\n\0]/.test(head.replaceAll('\r\n', ''))) throw new Error(`a bare line end or NUL: ${JSON.stringify(head)}`);
  const headers = lines.map((line) => /^([A-Za-z0-9-]+): (.*)$/.exec(line) ?? []);
  if (headers.some(([line]) => line === undefined)) throw new Error(`a broken header: ${JSON.stringify(head)}`);
  const named = (name: string) =>
    headers.filter(([, found]) => found?.toLowerCase() === name).map(([, , value]) => value);
  const [lengths, codings] = [named('content-length'), named('transfer-encoding')];
  if (lengths.length + codings.length > 1) throw new Error(`two lengths: ${JSON.stringify(head)}`);
  if (codings.length === 1) {
    if (codings[0] !== 'chunked') throw new Error(`the coding ${codings[0]}`);
    const chunks = /^(?:([0-9a-f]+)\r\n[\s\S]*?\r\n)*?0\r\n\r\n/.exec(body)?.[0] ?? '';
    return { first, rest: body.slice(chunks.length) };
  }
  return { first, rest: body.slice(Number(lengths[0] ?? 0)) };
}
