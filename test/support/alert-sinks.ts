// Where do alerts arrive in a test? At a mail server that wants TLS and a password, and at a web server.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { TLSSocket } from 'node:tls';

export type Mail = { readonly password: string; readonly to: string; readonly text: string; readonly secure: boolean };
export type Notice = {
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>>; readonly annotations: object }[];
};

type Sink<Item> = { readonly port: number; readonly got: readonly Item[]; readonly authority: string };

async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Speaks just enough SMTP: EHLO, STARTTLS, AUTH PLAIN, one message each. `authority` signs its certificate. */
export async function mailSink(t: TestContext, folder: string): Promise<Sink<Mail>> {
  const [key, cert] = [join(folder, 'mail.key'), join(folder, 'mail.crt')];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const asked = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', cert, ...name];
  execFileSync('openssl', asked, { stdio: 'ignore' });
  const got: Mail[] = [];
  const talk = (socket: Socket, secure: boolean): void => {
    const mail = { password: '', to: '', text: '', secure };
    let pending = '';
    let inText = false;
    const say = (text: string) => socket.write(`${text}\r\n`);
    const hear = (line: string): void => {
      if (inText) {
        if (line !== '.') {
          mail.text += `${line}\n`;
          return;
        }
        inText = false;
        got.push({ ...mail });
        say('250 taken');
      } else if (/^EHLO/i.test(line)) say(secure ? '250-here\r\n250 AUTH PLAIN' : '250-here\r\n250 STARTTLS');
      else if (/^STARTTLS/i.test(line)) {
        say('220 go on');
        socket.removeAllListeners('data');
        talk(new TLSSocket(socket, { isServer: true, key: readFileSync(key), cert: readFileSync(cert) }), true);
      } else if (/^AUTH PLAIN /i.test(line)) {
        mail.password = Buffer.from(line.slice(11), 'base64').toString().split('\0')[2] ?? '';
        say('235 welcome');
      } else if (/^RCPT TO:/i.test(line)) {
        mail.to = line.slice(8).replace(/[<>]/g, '');
        say('250 fine');
      } else if (/^DATA/i.test(line)) {
        inText = true;
        say('354 speak');
      } else say(/^QUIT/i.test(line) ? '221 bye' : '250 fine');
    };
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      const lines = (pending + chunk.toString()).split('\r\n');
      pending = lines.pop() ?? '';
      for (const line of lines) hear(line);
    });
  };
  const server = createServer((socket) => {
    socket.write('220 here\r\n');
    talk(socket, false);
  });
  return { port: await listening(t, server), got, authority: cert };
}

export async function webSink(t: TestContext): Promise<Sink<Notice>> {
  const got: Notice[] = [];
  const server = createWebServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    got.push(JSON.parse(text) as Notice);
    response.end();
  });
  return { port: await listening(t, server), got, authority: '' };
}
