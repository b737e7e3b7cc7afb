// Is the agent that was started the new one, and is it connected? Asked where it wrote that it listens.
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export type Wait = {
  /** The agent's folder. */
  readonly state: string;
  /** What it must be. */
  readonly release: string;
  readonly deadlineMs: number;
  /** It must be well for so long without a break. */
  readonly steadyMs: number;
};

const askEveryMs = 250;
const answerMs = 2000;
const mostBytes = 65_536;

/** Loopback alone: root asks no other machine because of what an agent wrote. */
const addressIn = (state: string): { readonly port: number; readonly host: string } | null => {
  try {
    const file = openSync(join(state, 'health'), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const [, host = '', port = ''] =
        /^(127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d{1,5})\n$/.exec(readFileSync(file, 'utf8')) ?? [];
      return port === '' ? null : { port: Number(port), host: host.startsWith('[') ? '::1' : '127.0.0.1' };
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
};

/** The release that says it is well; null: nobody does. */
const wellRelease = (state: string): Promise<unknown> =>
  new Promise((resolve) => {
    const address = addressIn(state);
    if (address === null) return resolve(null);
    const asked = get({ ...address, path: '/health', agent: false, timeout: answerMs }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > mostBytes) asked.destroy();
      });
      answer.once('close', () => {
        try {
          const { release, well } = JSON.parse(text) as { readonly release?: unknown; readonly well?: unknown };
          resolve(well === true ? release : null);
        } catch {
          resolve(null);
        }
      });
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(null));
  });

/** Resolves when it is well and stays so. Throws one sentence when that takes too long. */
export const waitUntilWell = async ({ deadlineMs, release, state, steadyMs }: Wait): Promise<void> => {
  const until = performance.now() + deadlineMs;
  for (let since: number | null = null; ; await delay(askEveryMs)) {
    const isWell = (await wellRelease(state)) === release;
    const now = performance.now();
    since = isWell ? (since ?? now) : null;
    if (since !== null && now - since >= steadyMs) return;
    if (since === null && now > until)
      throw new Error(`the new agent was not connected within ${Math.round(deadlineMs / 1000)} s`);
  }
};
