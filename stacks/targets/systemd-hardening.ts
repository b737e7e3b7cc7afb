// What may a unit not do? Everything that its program does not need.
import type { UnitSection } from '../formats/unit.ts';

type Lines = UnitSection['lines'];

export type Needs = {
  /** Sees cards and their device files. */
  readonly gpus: boolean;
  /** Listens on ports below 1024. */
  readonly lowPorts: boolean;
  /** Makes code while it runs, as the engine of Node does: then memory may be both writable and executable. */
  readonly makesCode: boolean;
  /** Reads how much memory and how many CPUs the machine has, or lets programs of users do so. */
  readonly seesMachine: boolean;
  /** An empty folder that is its root, where it needs nothing of the disks but programs and settings; null: sees all. */
  readonly ownRoot: string | null;
  /** Whom it speaks to beside this machine, and who may speak to it; null: anybody. */
  readonly network: readonly string[] | null;
  /** Sets up a device of the network, with the kernel's help or by moving what goes through it itself. */
  readonly tunnel?: 'kernel' | 'program';
};

const words = (...all: readonly string[]) => ({ words: all });

/** Who may open the device files of cards. */
export const cardGroups = ['render', 'video'] as const;

const devices: Lines = [
  ['PrivateDevices', false],
  ['DevicePolicy', words('closed')],
  ...[
    ...['char-nvidia', 'char-nvidiactl', 'char-nvidia-frontend', 'char-nvidia-caps', 'char-nvidia-uvm'],
    ...['char-drm', 'char-kfd', '/dev/dxg'],
  ].map((device) => ['DeviceAllow', words(device, 'rw')] as const),
];

const noDevices: Lines = [
  ['PrivateDevices', true],
  ['DevicePolicy', words('closed')],
];

/** Among devices of its own, which are none. */
const tunnelDevice: Lines = [
  ...noDevices,
  ['DeviceAllow', words('/dev/net/tun', 'rw')],
  ['BindPaths', words('/dev/net/tun')],
];

function devicesOf({ gpus, tunnel }: Needs): Lines {
  if (tunnel === 'program') return tunnelDevice;
  return gpus ? devices : noDevices;
}

/** What does not exist everywhere has a hyphen before it. */
const ownRootLines = (folder: string): Lines => [
  ['RootDirectory', words(folder)],
  ['MountAPIVFS', true],
  ['BindReadOnlyPaths', words('/bin', '/etc', '/lib', '-/lib64', '/opt', '/sbin', '-/srv', '/usr')],
  ['BindReadOnlyPaths', words('/run/systemd/notify', '-/run/systemd/resolve')],
];

const limited = (network: readonly string[]): Lines => [
  ['IPAddressDeny', words('any')],
  ['IPAddressAllow', words('localhost', ...network)],
];

/** For the section Service. A program that meets a closed door gets an error, not a signal that ends it. */
export function hardening(needs: Needs): Lines {
  const { gpus, lowPorts, makesCode, network, ownRoot, seesMachine, tunnel } = needs;
  const capability = [...(lowPorts ? ['CAP_NET_BIND_SERVICE'] : []), ...(tunnel ? ['CAP_NET_ADMIN'] : [])];
  const capabilities = words(...capability);
  return [
    ['NoNewPrivileges', true],
    ['CapabilityBoundingSet', capabilities],
    ['AmbientCapabilities', capabilities],
    ...(ownRoot === null ? [] : ownRootLines(ownRoot)),
    ...(network === null ? [] : limited(network)),
    ['ProtectSystem', words('strict')],
    ['ProtectHome', true],
    ['PrivateTmp', true],
    ['PrivateMounts', true],
    // In a namespace of users a capability holds for that namespace alone, and ports and devices are not in it.
    ['PrivateUsers', capability.length === 0],
    ...devicesOf(needs),
    ['ProtectProc', words('invisible')],
    ['ProcSubset', words(seesMachine || gpus ? 'all' : 'pid')],
    ['ProtectClock', true],
    ['ProtectControlGroups', true],
    ['ProtectHostname', true],
    ['ProtectKernelLogs', true],
    ['ProtectKernelModules', true],
    ['ProtectKernelTunables', true],
    ['RestrictNamespaces', true],
    ['RestrictRealtime', true],
    ['RestrictSUIDSGID', true],
    ['LockPersonality', true],
    ...(makesCode ? [] : ([['MemoryDenyWriteExecute', true]] as const)),
    ['RemoveIPC', true],
    ['KeyringMode', words('private')],
    ['UMask', words('0077')],
    ['RestrictAddressFamilies', words('AF_INET', 'AF_INET6', 'AF_UNIX', ...(tunnel ? ['AF_NETLINK'] : []))],
    ['SystemCallArchitectures', words('native')],
    ['SystemCallFilter', words('@system-service')],
    // Programs on cards bind threads and memory to a part of the machine.
    ['SystemCallFilter', words('~@privileged', ...(gpus ? [] : ['@resources']), '@obsolete')],
    ['SystemCallErrorNumber', words('EPERM')],
    ['LimitCORE', 0],
  ];
}
