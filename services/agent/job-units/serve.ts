// What does `muster-agent job-units` do? As root, it answers one request about the unit of one job, and ends.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { giveBack, giveToJob, runningPath, takeIn } from './job-folder.ts';
import { findPeer, type Peer } from './peer.ts';
import { endFile, stateFolder } from './place.ts';
import {
  type Answer,
  type End,
  mostRequestBytes,
  parseEnd,
  parseRequest,
  type Request,
  type StartRequest,
} from './request.ts';
import { deviceGroups, endUnit, startUnit, terminateUnit, userOf } from './systemd.ts';
import { unitWords } from './template.ts';

const readEnd = (attempt: string): End | null => {
  try {
    return parseEnd(readFileSync(endFile(attempt), 'utf8'));
  } catch {
    return null;
  }
};

const end = async (peer: Peer, attempt: string): Promise<End | null> => {
  // By the folder and no other mark: it lies below the service that asks, so nobody ends another's job.
  if (!existsSync(runningPath(peer, attempt))) return null;
  await endUnit(attempt);
  giveBack(peer, attempt);
  const ended = readEnd(attempt);
  rmSync(endFile(attempt), { force: true });
  return ended;
};

const start = async (peer: Peer, request: StartRequest): Promise<void> => {
  const { attempt } = request;
  takeIn(peer, attempt);
  try {
    const seen = `${stateFolder}/${peer.service}/jobs/${attempt}/job`;
    const place = { service: peer.service, folder: runningPath(peer, attempt), seen, groups: deviceGroups() };
    await startUnit(unitWords(request, place));
    giveToJob(peer, attempt, await userOf(attempt));
  } catch (error) {
    await end(peer, attempt);
    throw error;
  }
};

const perform = async (peer: Peer, request: Request): Promise<End | null> => {
  const { op, attempt } = request;
  if (op === 'end') return end(peer, attempt);
  if (op === 'start') await start(peer, request);
  else if (existsSync(runningPath(peer, attempt))) await terminateUnit(attempt);
  return null;
};

/** The first line, of at most so many bytes as a request has. */
export const readLine = async (input: Readable): Promise<string> => {
  let text = '';
  for await (const chunk of input) {
    text += chunk;
    if (text.includes('\n')) break;
    if (text.length > mostRequestBytes) throw new Error(`expected at most ${mostRequestBytes} bytes and a newline`);
  }
  return text.split('\n')[0] ?? '';
};

/** `instance` is what systemd says about who asks. Whoever that is, the line is read: else the answer would not arrive. */
export const answerOne = async (instance: string, input: Readable): Promise<Answer> => {
  try {
    const line = await readLine(input);
    const peer = findPeer(instance);
    const request = parseRequest(line);
    return 'refused' in request ? request : { end: await perform(peer, request) };
  } catch (error) {
    return { refused: (error as Error).message };
  }
};
