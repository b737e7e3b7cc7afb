// Does a printed value say what was meant? Both as the words that systemd would have.
import type { UnitText, UnitValue } from './unit.ts';
import { type UnitWord, withoutSpecifiers, wordsOf } from './unit-lines.ts';

function meaningOf(text: UnitText): UnitWord {
  const parts = typeof text === 'string' ? [text] : text;
  const word: (string | { readonly specifier: string })[] = [];
  for (const part of parts) {
    const last = word.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof last === 'string') word[word.length - 1] = last + part;
    else word.push(part);
  }
  return word;
}

/** What systemd must understand, and what it does when it reads `printed`. */
export function bothReadings(value: UnitValue, printed: string): readonly [meant: unknown, read: unknown] {
  if (typeof value === 'object' && 'program' in value) {
    const [program, ...words] = wordsOf(printed);
    const read = words.map((word) => withoutSpecifiers(word.replaceAll('$$', '$')));
    return [
      [`${value.mayFail ? '-' : ''}${value.program}`, value.arguments.map(meaningOf)],
      [program, read],
    ];
  }
  if (typeof value === 'object' && 'name' in value) {
    const meant = meaningOf([`${value.name}=`, ...(typeof value.is === 'string' ? [value.is] : value.is)]);
    return [[meant], wordsOf(printed).map(withoutSpecifiers)];
  }
  if (typeof value === 'object' && 'text' in value) return [meaningOf(value.text), withoutSpecifiers(printed)];
  return [printed, printed];
}
