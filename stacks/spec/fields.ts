// What kinds of values do keys hold? Each with the words of its error: what was expected, and the remedy.
import { z } from 'zod';
import { durationPattern, sizePattern } from './units.ts';
import { imageRule, type TextRule } from './words.ts';

/** An issue's text carries both lines of a problem: what was expected, and the remedy. */
export const explain = (expected: string, remedy: string) => ({ error: `${expected}\n${remedy}` });

export function text({ pattern, expected, remedy }: TextRule) {
  return z.string(explain(expected, remedy)).regex(pattern, explain(expected, remedy));
}

export function number(minimum: number, maximum: number, what: string) {
  const error = explain(`${what} from ${minimum} to ${maximum}`, 'write a plain number without a unit');
  return z.number(error).min(minimum, error).max(maximum, error);
}

export function whole(minimum: number, maximum: number, what: string) {
  const error = explain(`${what} from ${minimum} to ${maximum}`, 'write a whole number without a unit');
  return z.int(error).min(minimum, error).max(maximum, error);
}

export const yesOrNo = z.boolean(explain('true or false', 'write true or false, without quotes'));

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, explain(`one of ${words.join(', ')}`, `write ${words[0]}, for example`));
}

export const size = text({
  pattern: sizePattern,
  expected: 'a size such as 8GiB or 512MB',
  remedy: 'write a number and one of MiB, GiB, TiB, MB, GB, TB, without a space',
});

export const duration = text({
  pattern: durationPattern,
  expected: 'a time such as 30s, 10m or 1h',
  remedy: 'write a whole number and one of s, m, h, without a space',
});

export const gpus = z.union(
  [z.literal('auto'), z.literal('none'), z.int().min(0).max(64)],
  explain('auto, none or a number of GPUs from 0 to 64', 'write auto to take every GPU of the host'),
);

export const image = text(imageRule);

/** A map whose keys and values are texts of one kind each. */
export function texts(key: TextRule, value: TextRule) {
  return z.record(text(key), text(value), explain('a map of names to texts', 'write one "name: text" on each line'));
}

export function list<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item, explain(`a list of ${what}`, `write one "- …" on each line, or [a, b]`));
}

export function block<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, explain('a map of keys', 'write {} to take every default, or remove the key'));
}

/** A block that may be written as `true`, which takes every default, or `false`, which leaves it out. */
export function switched<Block extends z.ZodType>(inner: Block) {
  return z.union(
    [z.boolean(), inner],
    explain('true, false or a map of keys', 'write {} to take every default, false to leave it out'),
  );
}

/** The block inside `optional` and `switched`; any other type is given back as it is. */
export function bare(type: unknown): unknown {
  if (type instanceof z.ZodOptional) return bare(type.unwrap());
  if (type instanceof z.ZodUnion) return type.options.find((option) => option instanceof z.ZodObject) ?? type;
  return type;
}
