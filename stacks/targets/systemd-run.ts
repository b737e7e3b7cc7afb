// How does the program of the orchestrator run once, beside it? As its user, who alone may read its state.
import type { Service } from '../catalog/types.ts';
import { ownPrograms, rootFolder } from '../cluster/rack-paths.ts';
import type { UnitSection, UnitText } from '../formats/unit.ts';
import { userName } from './systemd-files.ts';
import { hardening } from './systemd-hardening.ts';
import { limits } from './systemd-life.ts';

type Lines = UnitSection['lines'];

/** Units by the names of their files. */
export type Units = readonly (readonly [file: string, sections: readonly UnitSection[]])[];

const words = (...all: readonly string[]) => ({ words: all });

export type Run = {
  readonly title: string;
  readonly arguments: readonly UnitText[];
  readonly environment: Readonly<Record<string, UnitText>>;
  /** What else the section Service says, its folders among it. */
  readonly lines: Lines;
};

export function runUnit(
  orchestrator: Service,
  { arguments: args, environment, lines, title }: Run,
): readonly UnitSection[] {
  return [
    {
      name: 'Unit',
      lines: [
        ['Description', { text: title }],
        ['StartLimitIntervalSec', 0],
      ],
    },
    {
      name: 'Service',
      lines: [
        ['Type', words('oneshot')],
        ['ExecStart', { program: ownPrograms.orchestrator, arguments: args }],
        ...Object.entries(environment).map(([name, is]) => ['Environment', { name, is }] as const),
        ...lines,
        ['DynamicUser', true],
        ['User', words(userName(orchestrator))],
        ['StateDirectoryMode', words('0700')],
        ...limits(orchestrator.limits),
        ...hardening({
          ...{ gpus: false, lowPorts: false, makesCode: true, seesMachine: false },
          network: [],
          ownRoot: rootFolder,
        }),
        ['PrivateNetwork', true],
      ],
    },
  ];
}
