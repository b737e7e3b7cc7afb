// How is an nginx configuration printed from a tree, so that no value becomes a directive?
import { type NginxNode, parseNginx } from './nginx-tokens.ts';

/**
 * A word of a directive. Text and numbers stand for themselves, whatever is in them; variables and patterns are named
 * as such.
 */
export type NginxWord =
  | string
  | number
  | { readonly variable: string }
  /** Text and variables in one word. */
  | { readonly join: readonly (string | { readonly variable: string })[] }
  /** A pattern of ours for `location`, `map` or `rewrite`, with what marks it as one, such as `~`. */
  | { readonly pattern: string }
  /** The key of a map, which its keywords and patterns are not. */
  | { readonly key: string };

export type NginxDirective =
  | { readonly words: readonly NginxWord[]; readonly block: readonly NginxDirective[] | null }
  | { readonly comment: string };

export const directive = (...words: readonly NginxWord[]): NginxDirective => ({ words, block: null });

export function block(words: readonly NginxWord[], directives: readonly NginxDirective[]): NginxDirective {
  return { words, block: directives };
}

export const comment = (text: string): NginxDirective => ({ comment: text });

export const variable = (name: string): { readonly variable: string } => ({ variable: name });

/** nginx reads 4096 bytes at a time, and no word may be longer. */
const longestWord = 2048;
const bareWord = /^[A-Za-z0-9_./:=@*~^,+%-]+$|^[()]$/;
/** C0, DEL, C1, the separators of lines, halves of characters. */
const unprintable = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]|\p{Surrogate}/u;

/** A word that cannot be said to nginx. */
export class NginxWordError extends Error {}

function refuse(text: string, why: string): never {
  throw new NginxWordError(`expected ${why}, got ${JSON.stringify(text)}`);
}

/** nginx has no escape for a dollar: a text with one would name a variable. */
function literal(text: string): string {
  return text.includes('$') ? refuse(text, 'a text without $') : text;
}

function named(name: string): string {
  return /^(?:[a-z][a-z0-9_]*|[1-9])$/.test(name) ? `\${${name}}` : refuse(name, 'the name of a variable');
}

/** What nginx must understand by the word. */
function meaning(word: NginxWord): string {
  if (typeof word === 'number') return String(word);
  if (typeof word === 'string') return literal(word);
  if ('variable' in word) return named(word.variable).replace(/[{}]/g, '');
  if ('pattern' in word) return word.pattern;
  if ('key' in word) return `\\${literal(word.key)}`;
  return word.join.map((part) => (typeof part === 'string' ? literal(part) : named(part.variable))).join('');
}

function printedWord(word: NginxWord): string {
  const text = meaning(word);
  if (unprintable.test(text)) refuse(text, 'a text of one line without control characters');
  if (new TextEncoder().encode(text).length > longestWord) refuse(text, `at most ${longestWord} bytes`);
  if (bareWord.test(text) || (typeof word === 'object' && 'variable' in word)) return text;
  return `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`;
}

function printed(directives: readonly NginxDirective[], indent: string): readonly string[] {
  return directives.flatMap((one) => {
    if ('comment' in one) return one.comment.split(/[\n\r\u0085\u2028\u2029]/).map((line) => `${indent}# ${line}`);
    const words = `${indent}${one.words.map(printedWord).join(' ')}`;
    if (one.block === null) return [`${words};`];
    return [`${words} {`, ...printed(one.block, `${indent}    `), `${indent}}`];
  });
}

function meant(directives: readonly NginxDirective[]): readonly NginxNode[] {
  return directives.flatMap((one) => {
    if ('comment' in one) return [];
    return [{ words: one.words.map(meaning), block: one.block === null ? null : meant(one.block) }];
  });
}

/** Prints the directives in their order. Reads its own output back and throws when that says something else. */
export function formatNginx(directives: readonly NginxDirective[]): string {
  const text = `${printed(directives, '').join('\n')}\n`;
  if (JSON.stringify(parseNginx(text)) !== JSON.stringify(meant(directives))) {
    throw new Error('the nginx configuration that was printed does not read back as what was meant');
  }
  return text;
}
