// How does the agent ask for something that only root may do for a job? One line each way on the helper's socket.
import { connect } from 'node:net';
import { socketPath } from '../job-units/place.ts';
import type { Answer, End, Request } from '../job-units/request.ts';

/** Longer than a helper may live: a folder with very many files takes a while to change hands. */
const patienceMs = 960_000;

/** Resolves with how the job ended, null where that was not asked. Rejects with one sentence when it was refused. */
export const askForUnit = (request: Request): Promise<End | null> =>
  new Promise((resolve, reject) => {
    let text = '';
    const fail = (reason: string) => reject(new Error(`the unit of ${request.attempt} (${request.op}): ${reason}`));
    const socket = connect(socketPath, () => socket.write(`${JSON.stringify(request)}\n`));
    socket.setEncoding('utf8').setTimeout(patienceMs, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.once('error', (error) => fail(error.message));
    socket.once('close', () => {
      try {
        const answer: Answer = JSON.parse(text);
        if ('refused' in answer) fail(answer.refused);
        else resolve(answer.end);
      } catch {
        fail('no answer; see journalctl -u "muster-job-units@*"');
      }
    });
  });
