// How does a test hear what a daemon tells systemd? A real datagram socket, held by python3: Node cannot open one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

const receiver = `
import json, socket, sys
held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
held.bind(sys.argv[1])
print('"bound"', flush=True)
while True:
    print(json.dumps(held.recv(4096).decode().strip()), flush=True)
`;

export type NotifySocket = {
  readonly path: string;
  /** As they came, without those that only wait until the others were read. */
  readonly messages: readonly string[];
};

export const openNotifySocket = async (t: TestContext): Promise<NotifySocket> => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-notify-'));
  const path = join(folder, 'socket');
  const child = spawn('python3', ['-c', receiver, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true });
  });
  const messages: string[] = [];
  const lines = createInterface(child.stdout);
  const bound = once(lines, 'line');
  await Promise.race([bound, gone.then(() => Promise.reject(new Error('python3 did not bind the socket')))]);
  lines.on('line', (line) => {
    const message: string = JSON.parse(line);
    if (message !== 'BARRIER=1') messages.push(message);
  });
  return { path, messages };
};
