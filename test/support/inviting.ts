// How does a test invite machines? A real orchestrator with files to download, and a `muster` that holds its key.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import type { InviteCreated } from '../../services/protocol/index.ts';
import { run } from '../../stacks/cli/index.ts';
import { type Bench, startOrchestrator, temporaryFolder } from '../services/orchestrator/support/orchestrator.ts';
import { pairIn, testAuthority } from './certificates.ts';
import { root } from './sources.ts';

const authority = await testAuthority('inviting');

export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };
/** What `muster workers invite --json` prints. */
export type Invited = Omit<InviteCreated, 'url'> & {
  readonly url: string;
  readonly pin: string | null;
  readonly installer: string;
  readonly command: string;
};

export type Inviting = {
  readonly bench: Bench;
  /** What may be downloaded, by name; `offer` puts more there. */
  readonly offer: (files: Readonly<Record<string, string | Buffer>>) => void;
  readonly muster: (...argv: readonly string[]) => Promise<Said>;
  readonly invite: (...argv: readonly string[]) => Promise<Invited>;
  readonly ca: string;
  /** MUSTER_HOME of that `muster`. */
  readonly home: string;
};

const sumOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/**
 * With TLS of its own authority, unless `plain`. `terminal`: what `muster` believes to write on. `host`: an address of
 * this machine that others reach. `executables`: a folder to offer, in place of one that `offer` fills.
 */
export const inviting = async (
  t: TestContext,
  {
    executables,
    host = '127.0.0.1',
    plain = false,
    terminal = false,
  }: {
    readonly executables?: string;
    readonly host?: string;
    readonly plain?: boolean;
    readonly terminal?: boolean;
  } = {},
): Promise<Inviting> => {
  const folder = temporaryFolder(t);
  const downloads = executables ?? join(folder, 'downloads');
  mkdirSync(downloads, { recursive: true });
  const { env: tls, put } = pairIn(folder);
  put(await authority.issue(['localhost', host]));
  const env = { MUSTER_LISTEN: `${host}:0`, MUSTER_DOWNLOADS: downloads, ...(plain ? {} : tls) };
  const bench = await startOrchestrator(t, { env, folder, ca: authority.ca });
  const home = join(folder, 'home');
  mkdirSync(join(home, 'secrets/authority'), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, 'secrets/authority/ca.crt'), authority.ca, { mode: 0o600 });
  const place = { MUSTER_HOME: home, MUSTER_URL: bench.running.url, MUSTER_KEY_FILE: join(folder, 'secrets/admin') };

  const muster = async (...argv: readonly string[]): Promise<Said> => {
    const texts = { stdout: '', stderr: '' };
    const stream = (name: 'stdout' | 'stderr') =>
      Object.assign(
        new Writable({
          write: (chunk, _encoding, done) => {
            texts[name] += chunk;
            done();
          },
        }),
        { isTTY: terminal, columns: 80 },
      );
    const io = { stdout: stream('stdout'), stderr: stream('stderr'), env: { PATH: process.env.PATH, ...place } };
    return { code: await run(argv, { ...io, root, cwd: folder }), ...texts };
  };
  const sums = new Map<string, string>();
  return {
    bench,
    muster,
    ca: authority.ca,
    home,
    offer: (files) => {
      for (const [name, content] of Object.entries(files)) {
        writeFileSync(join(downloads, name), content);
        sums.set(name, sumOf(content));
      }
      writeFileSync(join(downloads, 'SHA256SUMS'), [...sums].map(([name, sum]) => `${sum}  ${name}\n`).join(''));
    },
    invite: async (...argv) => {
      const { stderr, stdout } = await muster('workers', 'invite', '--json', ...argv);
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout);
    },
  };
};
