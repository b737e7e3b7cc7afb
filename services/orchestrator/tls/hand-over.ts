// How do a new certificate and its key come into a folder that a running orchestrator reads? Both, or none of them.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPair, type TlsFiles } from './pair.ts';

/** Writes `tls.crt` and `tls.key`; gives what is wrong with the two files instead, a line each. */
export const handOver = (files: TlsFiles, folder: string): readonly string[] => {
  const { pair, problems } = readPair(files);
  if (pair === null) return problems;
  const written = Object.entries({ 'tls.key': pair.key, 'tls.crt': pair.certificate }).map(([name, text]) => {
    const incoming = join(folder, `.incoming-${name}`);
    rmSync(incoming, { force: true });
    writeFileSync(incoming, text, { flag: 'wx', mode: 0o600, flush: true });
    return [incoming, join(folder, name)] as const;
  });
  // Next to each other: who reads between the two sees a pair that does not fit, and looks again.
  for (const [incoming, place] of written) renameSync(incoming, place);
  return [];
};
