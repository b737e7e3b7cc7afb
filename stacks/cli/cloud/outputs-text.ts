// What does a person need of a stack's outputs? Every value on a line, secrets masked.
import type { Outputs } from '../../drivers/pulumi.ts';

export type Shown = Readonly<Record<string, unknown>>;

/** Without what is secret. */
export function masked(outputs: Outputs): Shown {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { secret, value }]) => [name, secret ? '[secret]' : value]),
  );
}

function wordsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).map(([name, inner]) => `${name}: ${wordsOf(inner).join(', ')}`);
}

/** `next` comes last: it is what is done next. */
export function outputsText(outputs: Shown): string {
  const names = Object.keys(outputs).sort((a, b) => Number(a === 'next') - Number(b === 'next') || (a < b ? -1 : 1));
  const width = Math.max(0, ...names.map((name) => name.length));
  return names
    .flatMap((name) => wordsOf(outputs[name]).map((line, at) => `  ${(at === 0 ? name : '').padEnd(width)}  ${line}`))
    .join('\n');
}
