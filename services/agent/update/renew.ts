// How does an agent become another program? Run by the release before, which takes it back unless the new one is well.
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, linkSync, readlinkSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  formatSigned,
  parseRelease,
  parseSigned,
  ReleaseRefused,
  readRelease,
} from '../../../stacks/drivers/release.ts';
import type { UpdateWish } from '../../protocol/index.ts';
import { reasonOf } from '../core/log.ts';
import { dropOthers, linkProgram, programOf, readOrNull, settleFile, syncFolder } from './files.ts';
import { formatNote, type Note } from './note.ts';
import { downloadFile, failedFile, keyFileOf, pendingFile, releaseFile } from './place.ts';
import { bringProgram } from './program-file.ts';
import { waitUntilWell } from './well.ts';

export type Renewal = {
  readonly home: string;
  /** Of the agent that is renewed. */
  readonly state: string;
  readonly service: string;
  /** The release that it runs. */
  readonly before: string;
  readonly wish: UpdateWish;
  readonly platform: string;
  readonly manager: Note['manager'];
  /** Of the agent; ended where no manager starts it again. */
  readonly agentPid: number;
  readonly helper: string;
};

const steadyMs = 5000;
const deadline = { least: 5, most: 600 } as const;
const run = promisify(execFile);

/** Throws for one that is not signed, is older than the last one, or has nothing for this machine. */
const readWish = ({ home, platform, wish }: Renewal) => {
  const release = readRelease(wish, readOrNull(keyFileOf(home)) ?? '');
  const last = parseSigned(readOrNull(join(home, releaseFile)) ?? '');
  const least = last === null ? 0 : parseRelease(last.text).number;
  if (release.number < least)
    throw new ReleaseRefused(`the release ${release.number} is older than ${least}, which was installed here`);
  const wanted = release.programs[platform];
  if (!wanted) throw new ReleaseRefused(`the release has no program for ${platform}`);
  return { ...wanted, number: release.number, id: wanted.sha256.slice(0, 12) };
};

const restart = async ({ agentPid, manager, service }: Renewal): Promise<void> => {
  if (manager === 'none') return void process.kill(agentPid, 'SIGTERM');
  const flags = manager === 'user' ? ['--user'] : [];
  await run('systemctl', [...flags, '--no-block', 'restart', `muster-${service}.service`], { timeout: 30_000 });
};

/** The note is there from before the link is another one until the new one is well: who finds it goes back. */
const begin = (renewal: Renewal, number: number, after: string): void => {
  const { before, helper, home, manager, service } = renewal;
  const note: Note = {
    ...{ helper, pid: process.pid, boot: readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '' },
    ...{ service, number, before: programOf(home, before), after, manager },
  };
  const draft = join(home, `${pendingFile}.${process.pid}`);
  settleFile(draft, formatNote(note));
  try {
    // Fails when there is one: two at once would take back each other's.
    linkSync(draft, join(home, pendingFile));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Error('another update is under way here');
  } finally {
    unlinkSync(draft);
  }
  syncFolder(home);
};

/** True when the new one is well. False: a note says why not, and whoever watches over this process takes it back. */
export const renew = async (renewal: Renewal): Promise<boolean> => {
  const { before, home, service, state, wish } = renewal;
  let number = 0;
  let isBegun = false;
  try {
    rmSync(join(home, failedFile), { force: true });
    number = parseRelease(wish.text).number;
    const wanted = readWish(renewal);
    const after = programOf(home, wanted.id);
    if (!/^[0-9a-f]{12}$/.test(before) || !existsSync(programOf(home, before)))
      throw new Error('the release before is not there to go back to');
    // Two agents of one host share the link, and become the new one by turns; nobody else may name another one.
    const linked = readlinkSync(join(home, 'bin/muster-agent'));
    if (linked !== after && linked !== programOf(home, before))
      throw new Error(`expected an agent that is linked, ${linked}, or one that is behind it`);
    await bringProgram(join(state, downloadFile), after, wanted);
    begin(renewal, number, after);
    isBegun = true;
    if (linked !== after) linkProgram(home, after);
    await restart(renewal);
    const deadlineSeconds = Math.min(deadline.most, Math.max(deadline.least, wish.deadlineSeconds));
    await waitUntilWell({ state, release: wanted.id, deadlineMs: deadlineSeconds * 1000, steadyMs });
    settleFile(join(home, releaseFile), formatSigned(wish));
    unlinkSync(join(home, pendingFile));
    syncFolder(home);
    dropOthers(home, [programOf(home, before), after]);
    return true;
  } catch (error) {
    if (isBegun) appendFileSync(join(home, pendingFile), formatNote({ why: reasonOf(error) }));
    else settleFile(join(home, failedFile), formatNote({ service, number, why: reasonOf(error) }));
    return false;
  }
};
