// How is YAML parsed with positions, and printed so that every reader sees the same? The only file that knows the package.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';

/** Line and column, both from 1. */
export type Position = { readonly line: number; readonly column: number };

export type Scalar = string | number | boolean | null;

/** A node as written: anchors, aliases and tags are still there. `deep` stands for what lies below the depth limit. */
export type RawNode = { readonly at: Position; readonly anchor?: string; readonly tag?: string } & (
  | { readonly kind: 'scalar'; readonly value: Scalar }
  | { readonly kind: 'alias'; readonly source: string }
  | { readonly kind: 'deep' }
  | { readonly kind: 'list'; readonly items: readonly RawNode[] }
  | {
      readonly kind: 'map';
      readonly entries: readonly { readonly key: string; readonly keyAt: Position; readonly node: RawNode }[];
    }
);

export type ParsedYaml = {
  readonly root: RawNode;
  readonly errors: readonly { readonly at: Position; readonly message: string }[];
  /** The package itself gave up on the nesting. */
  readonly tooDeep: boolean;
  /** The document names a YAML version of its own. */
  readonly hasDirective: boolean;
};

/**
 * Parses YAML 1.2. Throws nothing; errors are listed with positions. Duplicate keys stay in the tree, because the
 * package compares every pair of keys (quadratic: 71 s for 949 KB).
 */
export function parseYaml(text: string, maxDepth: number): ParsedYaml {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? { line: 1, column: 1 } : { line, column: col };
  };
  const document = parseDocument(text, {
    lineCounter: lines,
    logLevel: 'error',
    merge: false,
    prettyErrors: false,
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: false,
    version: '1.2',
  });

  const convert = (node: unknown, depth: number, from: Position): RawNode => {
    if (isAlias(node)) return { kind: 'alias', source: node.source, at: position(node.range?.[0] ?? 0) };
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return { kind: 'scalar', value: null, at: from };
    const at = position(node.range?.[0] ?? 0);
    const marks = { at, ...(node.anchor && { anchor: node.anchor }), ...(node.tag && { tag: node.tag }) };
    if (isScalar(node)) return { ...marks, kind: 'scalar', value: node.value as Scalar };
    if (depth >= maxDepth) return { at, kind: 'deep' };
    if (isSeq(node)) return { ...marks, kind: 'list', items: node.items.map((item) => convert(item, depth + 1, at)) };
    const entries = node.items.map(({ key, value }) => {
      const keyAt = isScalar(key) ? position(key.range?.[0] ?? 0) : at;
      return { key: String(isScalar(key) ? key.value : ''), keyAt, node: convert(value, depth + 1, keyAt) };
    });
    return { ...marks, kind: 'map', entries };
  };

  return {
    root: convert(document.contents, 0, { line: 1, column: 1 }),
    errors: document.errors.map(({ code, message, pos }) => ({
      at: position(pos[0]),
      message: code === 'MULTIPLE_DOCS' ? 'a second document' : message,
    })),
    tooDeep: document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION'),
    hasDirective: document.directives?.yaml.explicit === true,
  };
}

/** What a generated document is made of. */
export type YamlValue = Scalar | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** Keys that every reader, those of YAML 1.1 too, takes as text without quotes. */
const plainKey = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z][a-z0-9_-]*$/;

/** JSON's double quotes are YAML's; what JSON leaves bare and a YAML reader refuses or changes is escaped too. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The lines of a value; `first` stands before its first line, `rest` before every other, `tag` before a text that could be a template. */
function printLines(value: YamlValue, first: string, rest: string, tag: string): readonly string[] {
  if (typeof value !== 'object' || value === null) {
    return [`${first}${typeof value === 'string' ? `${isTemplate(value) ? tag : ''}${quoted(value)}` : String(value)}`];
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${first}[]`];
    return [first.trimEnd(), ...value.flatMap((item) => printLines(item, `${rest}- `, `${rest}  `, tag))];
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return [`${first}{}`];
  const lines = entries.flatMap(([key, child]) => {
    const name = plainKey.test(key) ? key : quoted(key);
    return printLines(child as YamlValue, `${rest}${name}: `, `${rest}  `, tag);
  });
  if (!first.endsWith('- ')) return first === '' ? lines : [first.trimEnd(), ...lines];
  return [`${first}${(lines[0] ?? '').slice(rest.length)}`, ...lines.slice(1)];
}

/** How Ansible marks text that is no template, whatever is in it: `{{`, `{%`, `{#`. */
const unsafe = { tag: '!unsafe', resolve: (text: string): Unsafe => ({ unsafe: text }) };
type Unsafe = { readonly unsafe: string };

/**
 * Ansible 2.19 reads marked text as if it had no quotes: `!unsafe "yes"` is true there, `!unsafe "1:30"` is 90. Text
 * with a brace is nothing else in any YAML, and without one it is no template, so that quotes are enough.
 */
const isTemplate = (text: string): boolean => text.includes('{');

/** What is read back when the templates of a value were marked. */
function marked(value: YamlValue): unknown {
  if (typeof value === 'string') return isTemplate(value) ? ({ unsafe: value } satisfies Unsafe) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(marked);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, marked(child)]));
}

/** `plain`, or `unsafe` for Ansible: then text that could be a template is marked as none. Keys never are. */
export type YamlText = 'plain' | 'unsafe';

/**
 * Prints a map as YAML under a comment: text double-quoted, keys in the given order, no anchors, folding or other tags.
 * Reads its own output back and throws when that says something else.
 */
export function formatYaml(
  value: { readonly [key: string]: YamlValue },
  comment: string,
  texts: YamlText = 'plain',
): string {
  const text = [
    ...comment.split(/[\n\r\u0085\u2028\u2029]/).map((line) => `# ${line}`),
    '',
    ...printLines(value, '', '', texts === 'unsafe' ? '!unsafe ' : ''),
    '',
  ].join('\n');
  const back = parseDocument(text, { customTags: [unsafe], prettyErrors: false, uniqueKeys: false });
  const meant = texts === 'unsafe' ? marked(value) : value;
  if (back.errors.length > 0 || JSON.stringify(back.toJS()) !== JSON.stringify(meant)) {
    throw new Error('the YAML that was printed does not read back as the value that was meant');
  }
  return text;
}
