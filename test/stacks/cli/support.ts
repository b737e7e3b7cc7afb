// How does a test get a cluster of its own? Embedded, in a folder and on a port that nobody else has; gone afterwards.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../../stacks/cli/index.ts';
import { type MarkedProcess, markedProcesses, signal } from '../../../stacks/drivers/processes.ts';
import { root } from '../../support/sources.ts';

export type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type Place = {
  readonly home: string;
  /** Where the calls stand; empty. */
  readonly cwd: string;
  readonly port: number;
  muster(...argv: readonly string[]): Promise<Answer>;
  /** The answer of a call with --json; throws what it said instead when it failed. */
  json<Value>(...argv: readonly string[]): Promise<Value>;
  living(): readonly MarkedProcess[];
  /** Ends whatever is left and removes the folders. */
  clear(): void;
};

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A place for one cluster of this clone's cluster.yaml, where no Docker engine answers. */
export async function ownPlace(): Promise<Place> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'muster-test-')));
  const home = join(folder, 'home');
  const cwd = realpathSync(mkdtempSync(join(folder, 'cwd-')));
  const port = await freePort();
  const env = {
    ...process.env,
    DOCKER_HOST: `unix://${folder}/no-docker.sock`,
    MUSTER_HOME: home,
    MUSTER_PORT: String(port),
    MUSTER_URL: '',
    LC_ALL: 'C.UTF-8',
  };
  const muster = async (...argv: readonly string[]) => {
    const texts = { stdout: '', stderr: '' };
    const stream = (name: 'stdout' | 'stderr') =>
      new Writable({
        write(chunk, _encoding, done) {
          texts[name] += chunk;
          done();
        },
      });
    const code = await run(argv, { stdout: stream('stdout'), stderr: stream('stderr'), env, root, cwd });
    return { code, ...texts };
  };
  const living = () => markedProcesses(home);
  return {
    home,
    cwd,
    port,
    muster,
    living,
    async json(...argv) {
      const at = argv.includes('--') ? argv.indexOf('--') : argv.length;
      const { code, stderr, stdout } = await muster(...argv.slice(0, at), '--json', ...argv.slice(at));
      if (stdout === '') throw new Error(`exit ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    clear() {
      for (const one of living()) signal(one, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
