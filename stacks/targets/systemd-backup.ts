// When is the state of the orchestrator of a rack copied? By a timer, in a unit that sees nothing else.
import type { Service } from '../catalog/types.ts';
import { backupFolder, statePath } from '../cluster/rack-paths.ts';
import type { Cluster } from '../cluster/types.ts';
import { unitName } from '../formats/unit.ts';
import { runUnit, type Units } from './systemd-run.ts';

const words = (...all: readonly string[]) => ({ words: all });

/** A state may be large; a copy that hangs ends some day. */
const longestSeconds = 6 * 3600;
const delaySeconds = 600;

export function backupUnits(service: Service, { name, orchestrator }: Cluster): Units {
  if (orchestrator.backup === null) return [];
  const { calendar, keep } = orchestrator.backup;
  const title = `Muster ${name}: backup`;
  const run = runUnit(service, {
    title,
    arguments: ['backup', '--to', backupFolder, '--keep', String(keep)],
    environment: { MUSTER_STATE: statePath('orchestrator') },
    lines: [
      ['TimeoutStartSec', { seconds: longestSeconds }],
      ['Nice', 10],
      ['IOSchedulingClass', words('idle')],
      ['StateDirectory', words('muster/backup', 'muster/orchestrator')],
    ],
  });
  return [
    [unitName('backup'), run],
    [
      unitName('backup', 'timer'),
      [
        { name: 'Unit', lines: [['Description', { text: title }]] },
        {
          name: 'Timer',
          lines: [
            ['OnCalendar', { text: calendar }],
            // One that was missed, since the machine was off, is made up for.
            ['Persistent', true],
            ['RandomizedDelaySec', { seconds: delaySeconds }],
          ],
        },
        { name: 'Install', lines: [['WantedBy', words('timers.target')]] },
      ],
    ],
  ];
}
