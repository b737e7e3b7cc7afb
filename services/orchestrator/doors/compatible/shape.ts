// Does a body have the shape that the compatible door expects? Unknown fields are ignored, all problems come at once.
import { Declined, type Detail, missing } from './refusal.ts';

/** Checks one field: a problem's type and message, or null. */
export type Rule = { readonly required: boolean; readonly check: (value: unknown) => readonly [string, string] | null };

const optional = (check: Rule['check']): Rule => ({
  required: false,
  check: (value) => (value === null ? null : check(value)),
});

const isText: Rule['check'] = (value) =>
  typeof value === 'string' ? null : ['string_type', 'Input should be a valid string'];

export const text: Rule = { required: true, check: isText };
export const optionalText = optional(isText);
export const optionalNumber = optional((value) =>
  typeof value === 'number' ? null : ['float_type', 'Input should be a valid number'],
);
export const optionalBoolean = optional((value) =>
  typeof value === 'boolean' ? null : ['bool_type', 'Input should be a valid boolean'],
);
export const optionalObject = optional((value) =>
  typeof value === 'object' && !Array.isArray(value) ? null : ['dict_type', 'Input should be a valid dictionary'],
);
export const optionalTexts = optional((value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return ['dict_type', 'Input should be a valid dictionary'];
  return Object.values(value).every((each) => typeof each === 'string')
    ? null
    : ['string_type', 'Input should be a valid string'];
});

export const textOf = (min: number, max: number): Rule => ({
  required: true,
  check: (value) => {
    if (typeof value !== 'string') return isText(value);
    if (value.length < min) return ['string_too_short', `String should have at least ${min} character`];
    return value.length > max ? ['string_too_long', `String should have at most ${max} characters`] : null;
  },
});

/** Read in any letter case. */
export const oneOf = (...words: readonly string[]): Rule => ({
  required: true,
  check: (value) =>
    typeof value === 'string' && words.includes(value.toLowerCase())
      ? null
      : ['enum', `Input should be ${words.map((word) => `'${word}'`).join(' or ')}`],
});

type Shape = Readonly<Record<string, Rule>>;

/** The body as an object, its fields checked; throws Declined (422) with every problem. */
export const shaped = (body: unknown, shape: Shape): Readonly<Record<string, unknown>> => {
  if (body === undefined) throw new Declined(422, [missing('body')]);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Declined(422, [
      { type: 'model_attributes_type', loc: ['body'], msg: 'Input should be a valid dictionary', input: null },
    ]);
  const fields = body as Record<string, unknown>;
  const problems = Object.entries(shape).flatMap(([name, rule]): Detail[] => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined) return rule.required ? [missing('body', name)] : [];
    const problem = rule.check(value);
    const isPlain = typeof value !== 'object';
    return problem ? [{ type: problem[0], loc: ['body', name], msg: problem[1], input: isPlain ? value : null }] : [];
  });
  if (problems.length > 0) throw new Declined(422, problems);
  return fields;
};
