// How does a test rent a machine? It joins by the secret of its class; installer and authority lie on it already.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { installScript } from '../../stacks/cli/executables.ts';
import { temporaryFolder } from '../services/orchestrator/support/orchestrator.ts';
import { type ClassLine, classLine } from './class-line.ts';
import { agentName, type Installing, installing } from './installing.ts';
import { root } from './sources.ts';

export type Renting = Installing & {
  readonly line: (more?: Partial<ClassLine>) => string;
  /** The agent that is offered. */
  readonly offered: string;
  /** Where programs that the installer starts write what they were given. */
  readonly seen: string;
};

export const renting = async (t: TestContext): Promise<Renting> => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o777);
  const seen = join(folder, 'seen');
  for (const name of ['curl', 'sync', 'setsid'])
    writeFileSync(join(folder, name), `#!/bin/sh\n{ env; echo "$*"; } >>${seen}\nexec /usr/bin/${name} "$@"\n`, {
      mode: 0o755,
    });
  const place = await installing(t, [folder]);
  const files = { script: join(folder, 'install.sh'), ca: join(folder, 'ca.crt') };
  writeFileSync(files.script, installScript(root));
  writeFileSync(files.ca, place.ca);
  const offered = join(place.bench.folder, 'downloads', agentName);
  return { ...place, offered, seen, line: (more) => classLine(place, { ...files, ...more }) };
};
