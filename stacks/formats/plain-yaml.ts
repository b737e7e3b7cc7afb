// Which YAML do we accept from a person? Plain maps, lists and values; what can surprise or explode is refused with its place.
import { type Position, parseYaml, type RawNode, type Scalar } from './yaml.ts';

export type YamlNode = { readonly at: Position } & (
  | { readonly kind: 'scalar'; readonly value: Scalar }
  | { readonly kind: 'list'; readonly items: readonly YamlNode[] }
  | {
      readonly kind: 'map';
      readonly entries: readonly { readonly key: string; readonly keyAt: Position; readonly node: YamlNode }[];
    }
);

export type YamlError = {
  readonly at: Position;
  readonly path: readonly string[];
  readonly message: string;
  readonly remedy: string;
};

/** What a document may cost: a bigger one is refused, not expanded. */
const limits = { bytes: 1_048_576, depth: 32, aliases: 100 } as const;

/** Keys that are refused wherever they stand, with the remedy. */
const refusedKeys: ReadonlyMap<string, string> = new Map([
  ['<<', 'merge keys are not read: write the keys out, or use defaults.worker'],
  ['__proto__', 'choose another name'],
]);

/**
 * Reads one document. All errors are collected; `root` is null when the text as a whole cannot be trusted:
 * too large, too deep, not YAML, too many aliases.
 */
export function readPlainYaml(text: string): { readonly root: YamlNode | null; readonly errors: readonly YamlError[] } {
  const errors: YamlError[] = [];
  const refuse = (at: Position, path: readonly string[], message: string, remedy: string): null => {
    errors.push({ at, path: path.slice(0, 6), message, remedy });
    return null;
  };
  const start = { line: 1, column: 1 };
  if (text.length > limits.bytes || new TextEncoder().encode(text).length > limits.bytes) {
    refuse(start, [], 'expected at most 1 MiB, got more', 'check that this is the right file, or split it');
    return { root: null, errors };
  }

  const anchors = new Map<string, RawNode>();
  let aliases = 0;
  let exceeded = false;
  const exceed = (at: Position, path: readonly string[], what: string, remedy: string): null => {
    exceeded = true;
    return refuse(at, path, `expected at most ${what}, got more`, remedy);
  };

  const convert = (raw: RawNode, path: readonly string[]): YamlNode | null => {
    const { at } = raw;
    if (exceeded) return null;
    if (raw.kind === 'deep' || path.length > limits.depth) {
      return exceed(at, path, `${limits.depth} levels`, 'remove the nesting');
    }
    if (raw.kind === 'alias') {
      aliases += 1;
      if (aliases > limits.aliases) return exceed(at, path, `${limits.aliases} aliases`, 'write the values out');
      const meant = anchors.get(raw.source);
      if (meant !== undefined) return convert(meant, path);
      return refuse(at, path, `expected an anchor "${raw.source}" above, got none`, 'write the value out');
    }
    if (raw.anchor !== undefined) anchors.set(raw.anchor, raw);
    if (raw.tag !== undefined) refuse(at, path, `expected a value, got the tag ${raw.tag}`, 'remove the tag');
    if (raw.kind === 'scalar') return { kind: 'scalar', at, value: raw.value };
    if (raw.kind === 'list') {
      const items = raw.items.map((item, index) => convert(item, [...path, String(index)]));
      return { kind: 'list', at, items: items.filter((item) => item !== null) };
    }
    const seen = new Map<string, Position>();
    const entries = raw.entries.flatMap(({ key, keyAt, node }) => {
      const here = [...path, key];
      const first = seen.get(key);
      seen.set(key, first ?? keyAt);
      const remedy = refusedKeys.get(key);
      if (first !== undefined) {
        refuse(keyAt, here, `expected each key once, got it again after line ${first.line}`, 'remove one of the two');
      } else if (remedy !== undefined) {
        refuse(keyAt, here, 'expected another key, got a reserved one', remedy);
      } else {
        const value = convert(node, here);
        if (value !== null) return [{ key, keyAt, node: value }];
      }
      return [];
    });
    return { kind: 'map', at, entries };
  };

  const parsed = parseYaml(text, limits.depth);
  if (parsed.tooDeep) {
    exceed(parsed.errors[0]?.at ?? start, [], `${limits.depth} levels`, 'remove the nesting');
    return { root: null, errors };
  }
  for (const { at, message } of parsed.errors) {
    refuse(at, [], `expected valid YAML, got this: ${message}`, 'check the indentation, quotes and brackets there');
  }
  if (parsed.hasDirective) refuse(start, [], 'expected no directive, got %YAML', 'remove the line');
  if (errors.length > 0) return { root: null, errors };
  const root = convert(parsed.root, []);
  return { root: exceeded ? null : root, errors };
}
