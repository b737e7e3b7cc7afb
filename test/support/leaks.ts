// What did a run of tests leave behind? Processes that live in a test's folder, and containers of a test's project.
import { spawnSync } from 'node:child_process';
import { hostProcesses } from './host-processes.ts';
import { cleanEnvironment } from './lab.ts';

/** One line each; empty when all is gone. */
export function leftovers(): string[] {
  const own = /\/muster-(test|clone|chaos)-/;
  const processes = hostProcesses()
    .filter((each) => each.pid !== process.pid && (own.test(each.environment) || own.test(each.command)))
    .map((each) => `process ${each.pid} ${each.command}`);
  const format = '{{.Names}} {{.Image}}';
  const listed = spawnSync('docker', ['ps', '-a', '--filter', 'name=muster-test-', '--format', format], {
    env: cleanEnvironment(),
    encoding: 'utf8',
  });
  const containers = listed.status === 0 ? listed.stdout.split('\n').filter((line) => line !== '') : [];
  return [...processes, ...containers.map((line) => `container ${line}`)];
}
