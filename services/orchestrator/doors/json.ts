// Is this text acceptable JSON, and does it have the expected shape?

import type { z } from 'zod';
import { type Problem, problemsOf } from '../problems.ts';
import { invalid, Refused } from './refused.ts';

const maxDepth = 32;

/** The place and nature of what no body may contain: nesting beyond 32, a key `__proto__`. */
const unacceptable = (root: unknown): Problem | null => {
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 1 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxDepth) return { path, message: `expected at most ${maxDepth} levels` };
    for (const [key, child] of Object.entries(value)) {
      if (key === '__proto__') return { path, message: 'the key __proto__ is not allowed' };
      open.push({ value: child, path: path === '' ? key : `${path}/${key}`, depth: depth + 1 });
    }
  }
  return null;
};

/** The value of a body; no body is undefined. Throws Refused. */
export const parseJson = (text: string): unknown => {
  if (text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Refused(422, 'invalid_json', `the body is not JSON: ${(error as Error).message}`);
  }
  const problem = unacceptable(value);
  if (problem) throw invalid([problem]);
  return value;
};

/** The value as the schema gives it, or a refusal with every problem and its path. */
export const checked = <Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(result.error.issues.flatMap(problemsOf));
};
