// How does a test install an agent by its line? As a user with an empty home, from a real orchestrator, with a real agent.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { installScript } from '../../stacks/cli/executables.ts';
import { bundle } from '../../stacks/drivers/bundle.ts';
import { afterTest } from '../services/orchestrator/support/cleanup.ts';
import { temporaryFolder } from '../services/orchestrator/support/orchestrator.ts';
import { type Inviting, inviting, type Said } from './inviting.ts';
import { root } from './sources.ts';
import { asNobody, nobody } from './unprivileged.ts';

export const agentName = `muster-agent-linux-${process.arch}`;

export type Installing = Inviting & {
  readonly home: string;
  /** What a running agent has among its arguments. */
  readonly agent: string;
  /** Where the installer puts everything. */
  readonly place: string;
  /** Runs a line in a shell of that user. */
  readonly shell: (line: string) => Promise<Said>;
  readonly uninstall: () => Promise<Said>;
};

/** Every entry below a folder: its kind, mode, content and time; two equal ones were not touched in between. */
export const treeOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mode, mtimeMs, uid } = lstatSync(path);
      const content = entry.isSymbolicLink()
        ? readlinkSync(path)
        : entry.isFile()
          ? createHash('sha256').update(readFileSync(path)).digest('hex')
          : '';
      const time = entry.isDirectory() ? '' : mtimeMs;
      return [relative(folder, path), mode.toString(8), uid, content, time].join(' ');
    })
    .sort();

/** `path`: folders before the usual ones on the PATH. */
export const installing = async (t: TestContext, path: readonly string[] = []): Promise<Installing> => {
  const folder = temporaryFolder(t);
  const place = await inviting(t);
  const isRoot = process.getuid?.() === 0;
  // The home of root, where Node may lie, is closed to others.
  chmodSync(folder, 0o755);
  const node = join(folder, 'node');
  copyFileSync(process.execPath, node);
  const { agent } = await bundle(root, join(folder, 'bundles'));
  const program = `#!/bin/sh\nexec ${node} --disable-warning=ExperimentalWarning ${agent} "$@"\n`;
  place.offer({ 'install.sh': installScript(root), [agentName]: program });
  const home = join(folder, 'home');
  mkdirSync(home);
  if (isRoot) chownSync(home, nobody, nobody);
  const env = { HOME: home, PATH: [...path, '/usr/bin', '/bin'].join(':'), LANG: 'C.UTF-8' };
  const shell = async (line: string): Promise<Said> => {
    const [command, args] = isRoot ? asNobody('sh', '-s') : (['sh', ['-s']] as const);
    const child = spawn(command, args, { env, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (texts.stdout += chunk));
    child.stderr.on('data', (chunk) => (texts.stderr += chunk));
    child.stdin.end(`${line}\n`);
    const [code] = await once(child, 'close');
    return { code: Number(code), ...texts };
  };
  const installed = join(home, '.local/share/muster');
  const uninstall = () => shell(`sh ${installed}/agent-install.sh --uninstall`);
  afterTest(t, uninstall);
  return { ...place, home, agent, place: installed, shell, uninstall };
};

/** A program that plays crontab, on a file. */
export const fakeCrontab = (t: TestContext): { readonly folder: string; readonly file: string } => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o777);
  const file = join(folder, 'table');
  writeFileSync(
    join(folder, 'crontab'),
    `#!/bin/sh\ncase $1 in -l) cat ${file} ;; -r) rm ${file} ;; -) cat >${file}.new && mv ${file}.new ${file} ;; esac\n`,
    { mode: 0o755 },
  );
  chmodSync(join(folder, 'crontab'), 0o755);
  return { folder, file };
};
