// How does text reach a Compose or stack file unchanged? Every `$` of a value is doubled; only an Interpolation keeps its own.
import type { YamlValue } from '../../formats/yaml.ts';

/** The variables a file of ours may read, with their defaults. Paths are relative to the file's folder. */
const defaults = { MUSTER_HOME: '../.muster', MUSTER_PORT: '8080', MUSTER_UID: '10001' } as const;

/** Text that Compose fills in from the environment. */
export class Interpolation {
  readonly text: string;
  private constructor(text: string) {
    this.text = text;
  }

  /** A folder below Muster's home; `path` holds names only. */
  static home(path: string): Interpolation {
    return new Interpolation(`\${MUSTER_HOME:-${defaults.MUSTER_HOME}}/${path}`);
  }

  /** A published port on loopback: MUSTER_PORT wins over the spec's. */
  static loopbackPort(published: number, container: number): Interpolation {
    return new Interpolation(`127.0.0.1:\${MUSTER_PORT:-${published}}:${container}`);
  }

  /** The name of a secret of a swarm, which is another one after each rotation. */
  static named(variable: string, name: string): Interpolation {
    return new Interpolation(`\${${variable}:-${name}}`);
  }

  /** User and group by number: without the second a container runs in group 0. */
  static user(): Interpolation {
    const uid = `\${MUSTER_UID:-${defaults.MUSTER_UID}}`;
    return new Interpolation(`${uid}:${uid}`);
  }
}

export type ComposeValue = string | number | boolean | null | Interpolation | readonly ComposeValue[] | ComposeMap;

type ComposeMap = { readonly [key: string]: ComposeValue };

/** The map as Compose must read it. Keys are left alone: Compose does not interpolate those of a mapping. */
export function escapedMap(map: ComposeMap): { readonly [key: string]: YamlValue } {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, escaped(value)]));
}

function escaped(value: ComposeValue): YamlValue {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (value instanceof Interpolation) return value.text;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(escaped);
  return escapedMap(value as ComposeMap);
}
