// What does a declaration file say? Properties with their types, as text becomes values; the file is what npm ships.
export type Type =
  | { readonly kind: 'any' | 'asset' | 'string' | 'number' | 'boolean' }
  | { readonly kind: 'list' | 'map'; readonly of: Type }
  | { readonly kind: 'object' | 'enum'; readonly ref: string }
  | { readonly kind: 'union'; readonly of: readonly Type[] };

export type Property = {
  readonly required: boolean;
  readonly type: Type;
  /** The values that the description allows; empty: it names none. */
  readonly words: readonly string[];
};
export type Properties = ReadonlyMap<string, Property>;

/** Splits at what stands outside of brackets and comments. */
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    if (text.startsWith('/*', at)) at = text.indexOf('*/', at) + 1;
    else if ('<{[('.includes(letter)) depth++;
    else if ('>}])'.includes(letter)) depth--;
    else if (depth === 0 && letter === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '');
}

/** What stands between the braces that open at `from` or later. */
export function block(text: string, from: number): string {
  const open = text.indexOf('{', from);
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text.startsWith('/*', at)) at = text.indexOf('*/', at) + 1;
    else if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return text.slice(open + 1, at);
  }
  throw new Error('the declaration file ends inside braces');
}

const wrapper = /^pulumi\.(?:Input|Output)<(.*)>$/s;

export function typeOf(text: string): Type {
  const [one = 'any', ...more] = split(text, '|').filter((part) => part !== 'undefined');
  if (more.length > 0) return { kind: 'union', of: [one, ...more].map(typeOf) };
  if (one.endsWith('[]')) return { kind: 'list', of: typeOf(one.slice(0, -2)) };
  const inner = wrapper.exec(one)?.[1];
  if (inner !== undefined) return typeOf(inner);
  const value = /^\{\s*\[key: string\]:(.*?);?\s*\}$/s.exec(one)?.[1];
  if (value !== undefined) return { kind: 'map', of: typeOf(value) };
  if (one === 'string' || one === 'number' || one === 'boolean') return { kind: one };
  const [, room, ref] = /^(inputs|outputs|enums)\.(.*)$/s.exec(one) ?? [];
  if (ref !== undefined) return { kind: room === 'enums' ? 'enum' : 'object', ref };
  if (/^pulumi\.asset\.(?:Asset|Archive)$/.test(one)) return { kind: 'asset' };
  // A resource may stand where its id or ARN is wanted.
  return /^[A-Z]\w*$/.test(one) ? { kind: 'string' } : { kind: 'any' };
}

/** `Possible values are: "A", "B".` and the like. */
function wordsOf(comment: string): readonly string[] {
  const plain = comment.replace(/\s*\n\s*\*\s?/g, ' ');
  const [, list] =
    /(?:Possible values are|Valid values are|Valid values):((?:,?\s*(?:and|or)?\s*`[^`]+`)+)/.exec(plain) ?? [];
  return list === undefined ? [] : [...list.matchAll(/`"?([^`"]+)"?`/g)].map(([, word]) => word as string);
}

/** What an interface's or a class's block declares; methods are left out. */
export function propertiesOf(text: string): Properties {
  return new Map(
    split(text, ';').flatMap((part) => {
      const comment = /^(?:\/\*[\s\S]*?\*\/\s*)+/.exec(part)?.[0] ?? '';
      const [, name, mark, type] =
        /^(?:readonly\s+)?"?([\w$]+)"?(\?)?:([\s\S]*)$/.exec(part.slice(comment.length)) ?? [];
      if (name === undefined || type === undefined) return [];
      return [[name, { required: mark === undefined, type: typeOf(type), words: wordsOf(comment) }] as const];
    }),
  );
}
