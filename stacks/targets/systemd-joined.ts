// How does an agent run on a machine that joined by its line? As on a rack, with a root of its own and one invite.
import { jobUnits, ownPrograms } from '../cluster/rack-paths.ts';
import { formatUnit, type UnitSection } from '../formats/unit.ts';
import { cardGroups, hardening } from './systemd-hardening.ts';
import { life, limits } from './systemd-life.ts';

/** Whether jobs may see the cards of the machine. */
export type JoinedForm = 'cpu' | 'gpu';

type Lines = UnitSection['lines'];

const words = (...all: readonly string[]) => ({ words: all });

/** The installer knows its own file by the first of these. */
const comment = [
  'Written by the installer of the Muster agent, which writes it again.',
  'Do not edit: systemctl edit muster-agent',
].join('\n');

const root = '/opt/muster/agent-root';
/** Where agent and helper meet, where systemd tells which jobs it knows, and where these lie. */
const jobFolders = ['/run/muster', '/run/systemd/transient', '/var/lib/muster-jobs'];

/** 30 s for the drain, 15 s for reports. */
const living = {
  graceSeconds: 45,
  image: { reference: '', build: { daemon: 'agent', base: null } },
} as const;
const watchdogSeconds = 40;
const mostProcesses = 16_384;

const service = (gpus: boolean): Lines => [
  ['ExecStart', { program: ownPrograms.agent, arguments: [] }],
  ['ExecStopPost', { program: ownPrograms.agent, arguments: ['ended'], mayFail: true }],
  ['EnvironmentFile', words('/etc/muster/agent.env')],
  ['LoadCredential', { credential: 'invite', from: '/etc/muster/agent-invite' }],
  ...life(living, { watchdogSeconds }),
  // Wrong settings and a refused invite stay as they are, however often it starts.
  ['RestartPreventExitStatus', words('2', '4')],
  ['DynamicUser', true],
  ['User', words('muster-agent')],
  ['StateDirectory', words('muster/agent')],
  ['StateDirectoryMode', words('0700')],
  // Beyond what the agent was told it has for jobs, all of the machine.
  ...limits({ cpus: null, memoryMiB: null, processes: mostProcesses }),
  // Its engine runs without making code, and jobs are units of their own.
  ...hardening({ gpus, lowPorts: false, makesCode: gpus, network: null, ownRoot: root, seesMachine: true }),
  ['BindReadOnlyPaths', words(...jobFolders)],
  ['SupplementaryGroups', words(jobUnits.group, ...(gpus ? cardGroups : []))],
];

/** The text of muster-agent.service. Of devices and groups the installer keeps those that the machine has. */
export function joinedUnit(form: JoinedForm): string {
  const gpus = form === 'gpu';
  return formatUnit(comment, [
    {
      name: 'Unit',
      lines: [
        ['Description', { text: 'Muster agent: runs jobs of a cluster' }],
        ['Wants', words('network-online.target')],
        ['Requires', words(jobUnits.socket)],
        [
          'After',
          words(
            ...['network-online.target', 'time-sync.target', jobUnits.socket],
            ...(gpus ? ['nvidia-persistenced.service'] : []),
          ),
        ],
        ['StartLimitIntervalSec', 0],
      ],
    },
    { name: 'Service', lines: service(gpus) },
    { name: 'Install', lines: [['WantedBy', words('multi-user.target')]] },
  ]);
}
