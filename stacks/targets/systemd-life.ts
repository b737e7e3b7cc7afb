// How does a unit start, end and come back, and how much may it take?
import type { Service } from '../catalog/types.ts';
import type { UnitSection } from '../formats/unit.ts';
import type { Start } from './systemd-daemons.ts';

type Lines = UnitSection['lines'];

const words = (...all: readonly string[]) => ({ words: all });

/** Beyond what the program itself takes: then everything is killed. */
const killMarginSeconds = 5;
const startSeconds = 300;

export const isAgent = ({ image }: Pick<Service, 'image'>): boolean => image.build?.daemon === 'agent';

/** What decides how a service lives. */
export type Living = Pick<Service, 'graceSeconds' | 'image'>;

export function life(service: Living, { watchdogSeconds }: Pick<Start, 'watchdogSeconds'>): Lines {
  return [
    ['Type', words(watchdogSeconds === null ? 'exec' : 'notify')],
    // A child of the daemon speaks for it, since Node knows no such socket.
    ...(watchdogSeconds === null
      ? []
      : ([
          ['NotifyAccess', words('all')],
          ['WatchdogSec', { seconds: watchdogSeconds }],
        ] as const)),
    ['Restart', words('always')],
    ['RestartSec', { seconds: 5 }],
    ['TimeoutStartSec', { seconds: startSeconds }],
    ['TimeoutStopSec', { seconds: service.graceSeconds + killMarginSeconds }],
    ['KillMode', words('mixed')],
    ...(isAgent(service)
      ? ([
          ['OOMPolicy', words('continue')],
          ['OOMScoreAdjust', -500],
        ] as const)
      : []),
  ];
}

/** Null: as much as there is. */
export type Limits = {
  readonly cpus: number | null;
  readonly memoryMiB: number | null;
  readonly processes: number;
};

export function limits({ cpus, memoryMiB, processes }: Limits): Lines {
  return [
    ...(cpus === null ? [] : ([['CPUQuota', { percent: Math.max(1, Math.round(cpus * 100)) }]] as const)),
    ...(memoryMiB === null ? [] : ([['MemoryMax', { mebibytes: memoryMiB }]] as const)),
    ['TasksMax', processes],
    ['LimitNOFILE', 65_536],
    ['LogRateLimitIntervalSec', { seconds: 30 }],
    ['LogRateLimitBurst', 10_000],
  ];
}
