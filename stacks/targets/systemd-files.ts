// As whom does a unit run, and which folders and secrets does it get?
import { createHash } from 'node:crypto';
import type { Service } from '../catalog/types.ts';
import { credentialId, secretPath } from '../cluster/rack-paths.ts';
import type { UnitSection } from '../formats/unit.ts';

type Lines = UnitSection['lines'];

const words = (...all: readonly string[]) => ({ words: all });

/** Who asks an authority for certificates and who shows them are one user with one folder. */
const userOf = ({ name }: Service): string => (name === 'certificates' ? 'proxy' : name);

const longestUser = 31;

/** A longer one keeps its beginning. */
export function userName(service: Service): string {
  const name = `muster-${userOf(service)}`;
  if (name.length <= longestUser) return name;
  return `${name.slice(0, 22)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

export function folders(service: Service): Lines {
  const state = service.state.map((each) => `muster/${each.name ?? service.name}`);
  return [
    ...(state.length > 0 ? ([['StateDirectory', words(...state)]] as const) : []),
    ...(state.length > 0 ? ([['StateDirectoryMode', words('0700')]] as const) : []),
    ...(service.program === null
      ? []
      : ([
          ['RuntimeDirectory', words(`muster/${service.name}`)],
          ['RuntimeDirectoryMode', words('0700')],
        ] as const)),
  ];
}

/** What only the user has may be missing: then it is empty, and the rest of the service works. */
export function credentials(paths: readonly string[], optional: ReadonlySet<string>): Lines {
  return [...new Set(paths)].sort().flatMap((path): Lines => {
    const id = credentialId(path);
    return [
      ['LoadCredential', { credential: id, from: secretPath(path) }],
      ...(optional.has(path) ? ([['SetCredential', { credential: id, empty: true }]] as const) : []),
    ];
  });
}
