// What do the commands `certificates` and `certificates-health` do?
import { once } from 'node:events';
import { keepCertificate } from './daemon.ts';
import { isFresh, readHeld } from './held.ts';
import { type CertificateSettings, parseCertificateSettings } from './settings.ts';

export { type CertificateSettings, parseCertificateSettings };

/** Exit 0 when a certificate is held that was renewed in time. */
export const isHealthy = (stateFolder: string): boolean => isFresh(readHeld(stateFolder), Date.now());

/** Runs until SIGTERM or SIGINT; an order that is under way is left. */
export const runCertificates = async (settings: CertificateSettings): Promise<void> => {
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort()).once('SIGINT', () => stop.abort());
  const say = (message: string, facts: Readonly<Record<string, unknown>>): void =>
    void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), msg: message, ...facts })}\n`);
  const stopped = once(stop.signal, 'abort');
  await Promise.race([stopped, keepCertificate(settings, say, stop.signal)]).catch((error: Error) => {
    if (!stop.signal.aborted) throw error;
  });
};
