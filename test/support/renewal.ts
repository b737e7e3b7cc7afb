// How does a test renew an agent? A home with releases, programs of sh, and a loop that keeps one of them running.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Release, SignedRelease } from '../../services/protocol/index.ts';
import { newReleaseKey, publicReleaseKey, signRelease } from '../../stacks/drivers/release.ts';
import { afterTest } from '../services/orchestrator/support/cleanup.ts';
import { temporaryFolder } from '../services/orchestrator/support/orchestrator.ts';
import { root } from './sources.ts';

export const platform = `linux-${process.arch}`;
const key = newReleaseKey();

export const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const idOf = (text: string): string => sumOf(text).slice(0, 12);

/** A program that says a version, and otherwise does this. */
export const programText = (version: string, does: string): string =>
  `#!/bin/sh\n[ "\${1:-}" != --version ] || { echo ${version}; exit 0; }\n${does}\n`;

const server = join(root, 'test/support/well-agent.ts');

/** One that is well, and says of which release it is by the folder that it lies in. */
export const wellProgram = (version: string): string =>
  programText(
    version,
    `exec ${process.execPath} --disable-warning=ExperimentalWarning ${server} "$MUSTER_STATE" "$(readlink bin/muster-agent)"`,
  );

export const signedFor = (program: string, facts: Partial<Release> = {}): SignedRelease => {
  const programs = { [platform]: { sha256: sumOf(program), bytes: Buffer.byteLength(program) } };
  return signRelease({ number: 10, version: '2', programs, ...facts }, key);
};

export class Home {
  readonly folder: string;
  readonly state: string;

  /** With this program in place, and the loop of an agent without systemd. */
  constructor(t: TestContext, program: string) {
    this.folder = join(temporaryFolder(t), 'muster');
    this.state = join(this.folder, 'state');
    for (const name of ['bin', 'state']) mkdirSync(join(this.folder, name), { recursive: true });
    this.put(program);
    symlinkSync(this.programOf(program), join(this.folder, 'bin/muster-agent'));
    writeFileSync(join(this.folder, 'release.pub'), publicReleaseKey(key));
    const install = join(root, 'services/agent/install');
    copyFileSync(join(install, 'rollback.sh'), join(this.folder, 'agent-rollback'));
    copyFileSync(join(install, 'keep.sh'), join(this.folder, 'agent-keep'));
    writeFileSync(join(this.folder, 'agent.env'), `MUSTER_STATE="${this.state}"\n`);
  }

  put(program: string): void {
    mkdirSync(join(this.folder, 'releases', idOf(program)), { recursive: true });
    writeFileSync(this.programOf(program), program, { mode: 0o755 });
  }

  /** What the agent has downloaded. */
  download(bytes: string): void {
    writeFileSync(join(this.state, 'update-program'), bytes);
  }

  programOf(program: string): string {
    return join(this.folder, 'releases', idOf(program), 'muster-agent');
  }

  /** What the link leads to. */
  get linked(): string {
    return readlinkSync(join(this.folder, 'bin/muster-agent'));
  }

  read(name: string): string | null {
    try {
      return readFileSync(join(this.folder, name), 'utf8');
    } catch {
      return null;
    }
  }

  /** The loop that keeps it running, until the test ends. */
  keep(t: TestContext): void {
    const loop = spawn('/bin/sh', [join(this.folder, 'agent-keep')], { stdio: 'ignore' });
    afterTest(t, async () => {
      writeFileSync(join(this.folder, 'agent-run'), 'nobody');
      await new Promise((done) => loop.once('exit', done));
    });
  }
}
export { idOf };
