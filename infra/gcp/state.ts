// Where does the orchestrator keep what it knows? On a disk that outlives its machine, with a copy of each night.
import { compute } from '@pulumi/gcp';
import { stateGiB } from '../prices.ts';
import type { Place } from './place.ts';

/** Stays in the zone in which it was made. Copies are kept for a week, and no longer than that without the disk. */
export function makeState({ cluster, labels, options, project, region }: Place, zone: string): compute.Disk {
  const policy = new compute.ResourcePolicy(
    'backups',
    {
      ...{ name: `${cluster}-backups`, project, region },
      snapshotSchedulePolicy: {
        schedule: { dailySchedule: { daysInCycle: 1, startTime: '03:00' } },
        retentionPolicy: { maxRetentionDays: 7, onSourceDiskDelete: 'APPLY_RETENTION_POLICY' },
        snapshotProperties: { labels },
      },
    },
    options,
  );
  const disk = new compute.Disk(
    'state',
    { name: `${cluster}-state`, project, zone, size: stateGiB, type: 'pd-balanced', labels },
    // It would be made anew, and what it holds would be lost.
    { ...options, ignoreChanges: ['zone'] },
  );
  new compute.DiskResourcePolicyAttachment(
    'state',
    { name: policy.name, disk: disk.name, project, zone: disk.zone },
    options,
  );
  return disk;
}
