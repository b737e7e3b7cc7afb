// What is the unit of a job? Always the same, but for its limits and GPUs; no word of the job itself stands in it.
import { endFile, startFile, unitOf } from './place.ts';
import type { StartRequest } from './request.ts';

export type Place = {
  /** The service of the agent that asks. */
  readonly service: string;
  /** The job's folder where it stands now, and where the job sees it. */
  readonly folder: string;
  readonly seen: string;
  /** Groups of this machine that may open device files of GPUs. */
  readonly groups: readonly string[];
};

const mostProcesses = 16_384;

/** What every program for the cards of a vendor opens beside the cards themselves. */
const shared = [
  [
    /^nvidia/,
    ['/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia-uvm-tools', '/dev/nvidia-modeset', 'char-nvidia-caps'],
  ],
  [/^dri\//, ['/dev/kfd']],
] as const;

// The folder becomes the job's while its first shell waits: only then is it known who the job is.
const gate = `until [ -r "$1/${startFile}" ]; do sleep 0.01; done; exec /bin/sh "$1/${startFile}"`;

// Runs as root when no process of the job is left, in the cgroup of the job: systemd tells of kills for memory with
// cgroup v2 only. No single quote, no backslash and no brace after a dollar, which systemd would read.
const farewell = [
  'exec 2>/dev/null; trap : TERM; kills=0',
  'while IFS=: read -r _ names path; do case ",$names," in',
  ',,) file=/sys/fs/cgroup$path/memory.events;;',
  '*,memory,*) file=/sys/fs/cgroup/memory$path/memory.oom_control;;',
  '*) continue;; esac',
  'while read -r word count; do [ "$word" = oom_kill ] && kills=$((kills + count)); done <"$file"; done </proc/self/cgroup',
  '{ echo "$SERVICE_RESULT"; echo "$EXIT_CODE"; echo "$EXIT_STATUS"; echo "$kills"; } >"$1.new" && mv "$1.new" "$1"',
].join('\n');

const devicesOf = (devices: readonly string[], groups: readonly string[]): readonly string[] => {
  if (devices.length === 0) return ['PrivateDevices=yes'];
  const also = shared.flatMap(([vendor, files]) => (devices.some((device) => vendor.test(device)) ? files : []));
  return [
    ...[...devices.map((device) => `/dev/${device}`), ...also].map((file) => `DeviceAllow=${file} rw`),
    ...(groups.length === 0 ? [] : [`SupplementaryGroups=${groups.join(' ')}`]),
  ];
};

const limit = (value: number, unit: string): string => (value === 0 ? 'infinity' : `${value}${unit}`);

const limitsOf = ({ memoryMiB, cpus, seconds }: StartRequest): readonly string[] => [
  `MemoryMax=${limit(memoryMiB, 'M')}`,
  ...(memoryMiB === 0 ? [] : ['MemorySwapMax=0']),
  ...(cpus === 0 ? [] : [`CPUQuota=${Math.max(1, Math.round(cpus * 100))}%`]),
  `RuntimeMaxSec=${limit(seconds, 's')}`,
  `TasksMax=${mostProcesses}`,
];

/** The words for systemd-run. Pure, so that all of it can be read and tested. */
export const unitWords = (request: StartRequest, { service, folder, seen, groups }: Place): readonly string[] => {
  const agent = `muster-${service}.service`;
  const properties = [
    ...[
      `Description=Job ${request.attempt} of ${service}`,
      'Slice=muster-jobs.slice',
      'CollectMode=inactive-or-failed',
    ],
    // Ends with the agent: at once when that dies; after it when that is stopped, for it lets jobs finish.
    ...[`StopPropagatedFrom=${agent}`, `Before=${agent}`],
    ...['Type=exec', 'KillMode=control-group', 'KillSignal=SIGKILL', 'TimeoutStopSec=30', 'IgnoreSIGPIPE=no'],
    `ExecStopPost=+/bin/sh -c '${farewell}' muster-job-end ${endFile(request.attempt)}`,
    ...['DynamicUser=yes', 'UMask=0027', 'NoNewPrivileges=yes', 'CapabilityBoundingSet=', 'RestrictSUIDSGID=yes'],
    ...['ProtectSystem=strict', 'ProtectHome=yes', 'PrivateTmp=yes', 'ProtectProc=invisible', 'RemoveIPC=yes'],
    ...['ProtectKernelTunables=yes', 'ProtectKernelModules=yes', 'ProtectKernelLogs=yes', 'ProtectControlGroups=yes'],
    ...['ProtectHostname=yes', 'LockPersonality=yes', 'RestrictRealtime=yes', 'KeyringMode=private'],
    ...['InaccessiblePaths=-/run/muster', 'TemporaryFileSystem=/var/lib/private:ro,mode=0755'],
    `BindPaths=${folder}:${seen}`,
    ...['DevicePolicy=closed', ...devicesOf(request.devices, groups)],
    ...['OOMPolicy=kill', 'OOMScoreAdjust=500', 'LimitNOFILE=65536', ...limitsOf(request)],
  ];
  return [
    ...['--quiet', '--no-ask-password', `--unit=${unitOf(request.attempt)}`],
    ...properties.map((property) => `--property=${property}`),
    ...['--', '/usr/bin/env', '-i', 'PATH=/usr/bin:/bin', '/bin/sh', '-c', gate, 'muster-job', seen],
  ];
};
