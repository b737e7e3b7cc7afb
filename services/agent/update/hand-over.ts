// Who renews this agent? Root's helper, systemd of the user, or a process beside it: never the agent itself.
import { execFile, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeDurably } from '../spool/durable.ts';
import { type Place, updateSocket, wishFile } from './place.ts';
import type { UpdateAnswer, UpdateRequest } from './serve.ts';

const run = promisify(execFile);
const answerMs = 30_000;

/** Rejects with one sentence when it is refused. */
const askHelper = (request: UpdateRequest): Promise<void> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(updateSocket, () => socket.write(`${JSON.stringify(request)}\n`));
    socket.setEncoding('utf8').setTimeout(answerMs, () => socket.destroy(new Error('the helper does not answer')));
    socket.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => {
      try {
        const { refused }: UpdateAnswer = JSON.parse(text);
        if (refused === null) resolve();
        else reject(new Error(refused));
      } catch {
        reject(new Error('no answer; see journalctl -u "muster-agent-update@*"'));
      }
    });
  });

/** Resolves when somebody else is at it; how that ends is read from the note of failures, or by the next agent. */
export const handOver = async ({ home, service, way }: Place, state: string, request: UpdateRequest): Promise<void> => {
  if (way === 'helper') return askHelper(request);
  await writeDurably(wishFile(state), JSON.stringify(request));
  const words = ['update-own', home, state, service];
  if (way === 'user') {
    const quoted = (path: string) => `"${path.replaceAll('%', '%%').replace(/["\\]/g, '\\$&')}"`;
    const after = `/bin/sh ${quoted(join(home, 'agent-rollback'))} ${quoted(home)} ended user`;
    const flags = ['--user', '--quiet', '--collect', '--unit=muster-agent-update'];
    await run('systemd-run', [...flags, `--property=ExecStopPost=${after}`, '--', process.execPath, ...words]);
    return;
  }
  const child = spawn(process.execPath, [...words, String(process.pid)], { detached: true, stdio: 'ignore', cwd: '/' });
  child.unref();
};
