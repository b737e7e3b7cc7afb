// How is one service told to systemd? A unit that comes back whatever happens, and may do no more than it must.
import type { Service } from '../catalog/types.ts';
import { jobUnits, rootFolder, tlsFolder, wireguard } from '../cluster/rack-paths.ts';
import type { Cluster, Rack } from '../cluster/types.ts';
import { type UnitSection, unitName } from '../formats/unit.ts';
import type { Start } from './systemd-daemons.ts';
import { credentials, folders, userName } from './systemd-files.ts';
import { cardGroups, hardening, type Needs } from './systemd-hardening.ts';
import { isAgent, life, limits } from './systemd-life.ts';

type Lines = UnitSection['lines'];

const words = (...all: readonly string[]) => ({ words: all });

/** Programs in the code of the machine, which make none while they run. */
const machineCode: readonly (string | null)[] = ['alertmanager', 'nginx', 'prometheus'];
const ofUsers: readonly (string | null)[] = ['dask', 'ollama', 'open-webui'];

function needsOf({ listen, network, service }: Placed): Needs {
  const { gpus, image, ports, program } = service;
  return {
    gpus: gpus.kind !== 'none',
    lowPorts: ports.some(({ container }) => listen(container) < 1024),
    makesCode: !machineCode.includes(program),
    ownRoot: image.build?.daemon === 'orchestrator' ? rootFolder : null,
    network,
    seesMachine: isAgent(service) || ofUsers.includes(program),
  };
}

function groups(service: Service): Lines {
  const all = [...(isAgent(service) ? [jobUnits.group] : []), ...(service.gpus.kind === 'none' ? [] : cardGroups)];
  return all.length === 0 ? [] : [['SupplementaryGroups', words(...all)]];
}

/** What makes the addresses on which services listen. */
const networkUnits = ({ network }: Rack): readonly string[] => (network === null ? [] : [wireguard.unit]);

/** What brings the certificate, before the start and whenever there is a new one. */
const certificateUnits = ({ name }: Service): readonly string[] =>
  name === 'orchestrator' ? [unitName('orchestrator-tls')] : [];

/** What starts first where it is there. */
const orderOf = (service: Service, { rack }: Cluster): readonly string[] => [
  ...networkUnits(rack),
  ...certificateUnits(service),
  ...(isAgent(service) ? [jobUnits.socket] : []),
  // It makes device files, which no unit without more rights could make.
  ...(service.gpus.kind === 'none' ? [] : ['nvidia-persistenced.service']),
];

/** Who brings it has it among the folders of users who come and go. */
const certificateFolder: Lines = [
  ['BindReadOnlyPaths', words(`-${tlsFolder.replace('/run/', '/run/private/')}:${tlsFolder}`)],
];

export type Placed = {
  readonly service: Service;
  readonly start: Start;
  /** The port of the host on which the service listens, by that of its container. */
  readonly listen: (port: number) => number;
  readonly network: Needs['network'];
  readonly optional: ReadonlySet<string>;
};

export function serviceUnit(cluster: Cluster, placed: Placed): readonly UnitSection[] {
  const { optional, service, start } = placed;
  return [
    {
      name: 'Unit',
      lines: [
        ['Description', { text: `Muster ${cluster.name}: ${service.name}` }],
        ['Wants', words('network-online.target', ...networkUnits(cluster.rack), ...certificateUnits(service))],
        ...(isAgent(service) ? ([['Requires', words(jobUnits.socket)]] as const) : []),
        ['After', words('network-online.target', 'time-sync.target', ...orderOf(service, cluster))],
        // However often it fails, it is tried again.
        ['StartLimitIntervalSec', 0],
      ],
    },
    {
      name: 'Service',
      lines: [
        ['ExecStart', { program: start.program, arguments: start.arguments }],
        // Notes how it ended, and tells the orchestrator when that happens again and again.
        ...(isAgent(service)
          ? ([['ExecStopPost', { program: start.program, arguments: ['ended'], mayFail: true }]] as const)
          : []),
        ...life(service, start),
        ...Object.entries(start.environment)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([variable, is]) => ['Environment', { name: variable, is }] as const),
        ...credentials(start.credentials, optional),
        ['DynamicUser', true],
        ['User', words(userName(service))],
        ...folders(service),
        ...limits(service.limits),
        ...hardening(needsOf(placed)),
        ...groups(service),
        ...(service.name === 'orchestrator' ? certificateFolder : []),
      ],
    },
    { name: 'Install', lines: [['WantedBy', words('multi-user.target')]] },
  ];
}
