// When is a certificate ordered? `muster-orchestrator certificates`: before the held one ends, and again after a failure.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createPrivate } from '../../../stacks/drivers/private-files.ts';
import { readSecret } from '../../../stacks/drivers/secrets.ts';
import { newAccountKey, orderCertificate } from './authority.ts';
import { hold, readHeld, renewAt } from './held.ts';
import type { CertificateSettings } from './settings.ts';

/** The clock may jump, and a machine may sleep: so it is looked at so often. */
const longestSleepMs = 3_600_000;
/** Authorities count failures by the hour. */
const longestRetryMs = 6 * 3_600_000;

export type Say = (message: string, facts: Readonly<Record<string, unknown>>) => void;

const accountKey = async (stateFolder: string): Promise<string> => {
  const file = join(stateFolder, 'account.key');
  if (readSecret(file) === null) createPrivate(file, await newAccountKey());
  return readSecret(file) ?? '';
};

const order = async (settings: CertificateSettings): Promise<void> => {
  const { hosts, stateFolder } = settings;
  const key = await accountKey(stateFolder);
  hold(stateFolder, await orderCertificate(settings, key, join(stateFolder, 'challenges')), hosts);
};

/** Sleeps until then, by the clock of the wall. */
const sleepUntil = async (at: number, signal: AbortSignal): Promise<void> => {
  for (let left = at - Date.now(); left > 0; left = at - Date.now())
    await setTimeout(Math.min(left, longestSleepMs), undefined, { signal });
};

/** Runs until the signal. What is held stays until something better is there. */
export const keepCertificate = async (settings: CertificateSettings, say: Say, signal: AbortSignal): Promise<void> => {
  const { hosts, retryMs, stateFolder } = settings;
  let failures = 0;
  while (!signal.aborted) {
    const due = renewAt(readHeld(stateFolder), hosts, Math.random());
    if (failures === 0 && due > Date.now()) say('certificate is held', { renewedAt: new Date(due).toISOString() });
    await sleepUntil(due, signal);
    try {
      await order(settings);
      failures = 0;
      say('certificate is new', { hosts });
    } catch (error) {
      failures += 1;
      const waitMs = Math.min(longestRetryMs, retryMs * 2 ** (failures - 1)) * (0.75 + Math.random() / 4);
      say('certificate was refused', { reason: (error as Error).message, retrySeconds: Math.round(waitMs / 1000) });
      await sleepUntil(Date.now() + waitMs, signal);
    }
  }
};
