// Where does a key stand in the file, and what is its value? Paths against the tree of a parsed document.
import type { YamlNode } from '../formats/plain-yaml.ts';
import type { Position } from '../formats/yaml.ts';

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** The tree as a plain value. */
export function plainValue(node: YamlNode): Plain {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries(node.entries.map(({ key, node: child }) => [key, plainValue(child)]));
}

/**
 * Where each path stands, looked up by path and part; a path that is not there gets its nearest parent's place.
 * Indexed once, so that a file with thousands of problems stays cheap.
 */
export function placesOf(root: YamlNode): (path: readonly string[], part: 'key' | 'value') => Position {
  const places = new Map<string, { readonly key: Position; readonly value: Position }>();
  const visit = (node: YamlNode, keyAt: Position, path: string): void => {
    places.set(path, { key: keyAt, value: node.at });
    if (node.kind === 'map') for (const entry of node.entries) visit(entry.node, entry.keyAt, step(path, entry.key));
    if (node.kind === 'list')
      for (const [index, item] of node.items.entries()) visit(item, item.at, step(path, String(index)));
  };
  visit(root, root.at, '');
  return (path, part) => {
    const found = places.get(path.reduce(step, ''));
    if (found !== undefined) return found[part];
    for (let length = path.length - 1; length >= 0; length -= 1) {
      const parent = places.get(path.slice(0, length).reduce(step, ''));
      if (parent !== undefined) return parent.key;
    }
    return root.at;
  };
}

/** A path as one text; the separator cannot stand in a key unescaped. */
function step(path: string, key: string): string {
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The value at a path; undefined when there is none. */
export function valueAt(value: Plain, path: readonly string[]): Plain | undefined {
  let here: Plain | undefined = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as { readonly [key: string]: Plain })[key];
  }
  return here;
}

/** The value without what stands at the given paths. */
export function withoutPaths(value: Plain, paths: readonly (readonly string[])[]): Plain {
  if (paths.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const below = Map.groupBy(
    paths.filter((path) => path.length > 0),
    (path) => String(path[0]),
  );
  return Object.fromEntries(
    Object.entries(value as { readonly [key: string]: Plain }).flatMap(([key, child]) => {
      const rest = (below.get(key) ?? []).map((path) => path.slice(1));
      return rest.some((path) => path.length === 0) ? [] : [[key, withoutPaths(child, rest)]];
    }),
  );
}
