// How does what a schema found wrong read? With its path, what was expected and what was got.
import type { z } from 'zod';

/** `path`: the keys, joined by `/`; empty for the value itself. */
export type Problem = { readonly path: string; readonly message: string };

/** Each with its path, as `expected …, got …`. For a key of a record the reason lies one level deeper. */
export const problemsOf = (issue: z.core.$ZodIssue): Problem[] => {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key].join('/'), message: 'unknown key' }));
  }
  const reason = (issue.code === 'invalid_key' && issue.issues[0]?.message) || issue.message;
  const message = reason
    .replace(/^(Invalid input|Invalid option|Too small|Too big): /, '')
    .replace(', received ', ', got ');
  return [{ path: path.join('/'), message }];
};
