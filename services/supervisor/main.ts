// The supervisor of the embedded form: `supervisor <home>` keeps alive what `<home>/run/children.json` lists.
// SIGHUP reads the list again, SIGTERM stops all of it. Killed itself, its children live on and the next one adopts them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../stacks/drivers/clock.ts';
import type { Child } from '../../stacks/plans/types.ts';
import { capLogs } from './logs.ts';
import { createSupervisor } from './supervise.ts';

const logLimitBytes = 10 * 1024 * 1024;
const logCheckMs = 10_000;
const inheritedNames =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TZ|TMPDIR|LANG|LC_\w+|LD_LIBRARY_PATH|(CUDA|NVIDIA|ROCR|HIP)_\w+)$/;

const home = process.argv[2];
if (home === undefined) {
  process.stderr.write('supervisor: expected the folder of the cluster as its argument\n');
  process.exit(2);
}
const logs = join(home, 'logs');
// On a full disk our own log may fail, the children must not be left alone for that.
process.stdout.on('error', () => {});
const say = (line: string) => process.stdout.write(`${new Date().toISOString()} ${line}\n`);

const supervisor = createSupervisor({
  home,
  logFile: (name) => join(logs, `${name}.log`),
  clock: systemClock,
  inherited: Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      inheritedNames.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  ),
  say,
});

const children = (): readonly Child[] => JSON.parse(readFileSync(join(home, 'run', 'children.json'), 'utf8'));
const check = setInterval(() => capLogs(logs, logLimitBytes), logCheckMs);

async function stop(): Promise<void> {
  await supervisor.stop();
  clearInterval(check);
  say('stopped');
  process.exit(0);
}

process.on('SIGHUP', () => void supervisor.apply(children()));
// For good, not once: a second signal must not end us before the children are gone.
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
say(`supervisor started (pid ${process.pid})`);
void supervisor.apply(children());
