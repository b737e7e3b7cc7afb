// Is what a program asks for of the types that the cloud's package declares? Every mistake with its path.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Properties, Type } from './declarations.ts';
import type { PackageTypes } from './package-types.ts';

export type Mistake = { readonly path: string; readonly reason: string };
export type Values = Readonly<Record<string, unknown>>;

/** How the engine marks what is known only after a resource is made (sdk/go/common/resource/plugin/rpc.go). */
export const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : isMap(value) ? 'map' : typeof value);

function checkValue(types: PackageTypes, value: unknown, type: Type, path: string): readonly Mistake[] {
  if (value === unknown || value === undefined || value === null || type.kind === 'any') return [];
  const wrong = (expected: string): readonly Mistake[] => [
    { path, reason: `expected ${expected}, got ${kindOf(value)}` },
  ];
  switch (type.kind) {
    case 'asset':
      return checkAsset(value).map((reason) => ({ path, reason }));
    case 'union': {
      // An enum beside a plain string lists the words that the package knows: those are meant.
      const listed = type.of.filter(({ kind }) => kind === 'enum');
      const tries = (listed.length > 0 ? listed : type.of).map((one) => checkValue(types, value, one, path));
      return tries.find((found) => found.length === 0) ?? tries[0] ?? [];
    }
    case 'list':
      if (!Array.isArray(value)) return wrong('a list');
      return value.flatMap((each, at) => checkValue(types, each, type.of, `${path}[${at}]`));
    case 'map':
      if (!isMap(value)) return wrong('a map');
      return Object.entries(value).flatMap(([key, each]) => checkValue(types, each, type.of, `${path}["${key}"]`));
    case 'object':
      return isMap(value) ? checkProperties(types, value, types.object(type.ref), path) : wrong(`a map (${type.ref})`);
    case 'enum':
      return checkWord(String(value), types.words(type.ref), path);
    default: {
      // Numbers and booleans are written as strings on the way to a provider.
      const fits = typeof value === type.kind || (type.kind === 'string' && /number|boolean/.test(typeof value));
      return fits ? [] : wrong(`a ${type.kind}`);
    }
  }
}

/** How the engine marks a file of this machine (sdk/go/common/resource/asset). */
const assetMark = 'c44067f5952c0a294b673a41bacd8c17';

/** A file that is there and holds what the engine has counted. */
function checkAsset(value: unknown): readonly string[] {
  if (!isMap(value) || !Object.values(value).includes(assetMark)) return [`expected a file, got ${kindOf(value)}`];
  const path = String(value.path);
  if (!existsSync(path)) return [`expected a file that is there, got ${path}`];
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
  return value.hash === hash ? [] : [`expected the file as it was counted, got another: ${path}`];
}

function checkWord(value: string, words: readonly string[], path: string): readonly Mistake[] {
  if (words.length === 0 || words.includes(value)) return [];
  return [{ path, reason: `expected one of ${words.join(', ')}, got ${value}` }];
}

/** Unknown properties, missing ones, wrong types, and words that no enum or description has. */
export function checkProperties(
  types: PackageTypes,
  values: Values,
  declared: Properties,
  at = '',
): readonly Mistake[] {
  const pathOf = (name: string): string => (at === '' ? name : `${at}.${name}`);
  const given = Object.keys(values).filter((name) => !name.startsWith('__'));
  const missing = [...declared].filter(([name, { required }]) => required && (values[name] ?? null) === null);
  return [
    ...missing.map(([name]) => ({ path: pathOf(name), reason: 'a required property is missing' })),
    ...given.flatMap((name) => {
      const property = declared.get(name);
      if (property === undefined) return [{ path: pathOf(name), reason: 'unknown property' }];
      const value = values[name];
      const isPlain = typeof value === 'string' && value !== unknown;
      return [
        ...checkValue(types, value, property.type, pathOf(name)),
        ...(isPlain ? checkWord(value, property.words, pathOf(name)) : []),
      ];
    }),
  ];
}
