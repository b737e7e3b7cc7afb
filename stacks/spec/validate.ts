// Does a plain value have the shape of a spec? Each issue of the schema as a finding with path, found value and remedy.
import { z } from 'zod';
import { type Plain, valueAt, withoutPaths } from './document.ts';
import { bare } from './fields.ts';
import { mistake, mistakenKey } from './findings.ts';
import { nearest } from './nearest.ts';
import { clusterSchema } from './schema.ts';
import type { ClusterSpec, Finding } from './types.ts';

/** A value as an error shows it: short, on one line, with nothing that a terminal would obey. */
export function shown(value: Plain | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value);
  return printable(text.length > 60 ? `${text.slice(0, 57)}…"` : text);
}

/** Escapes what could move a cursor, hide text or turn its direction. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uD800-\uDFFF\uFEFF]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The keys that the schema knows at a path. */
function knownKeys(path: readonly string[]): readonly string[] {
  let schema: unknown = clusterSchema;
  for (const key of ['', ...path]) {
    if (schema instanceof z.ZodRecord) schema = schema.valueType;
    else if (schema instanceof z.ZodObject && key !== '') schema = schema.shape[key];
    schema = bare(schema);
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unknownKey(path: readonly string[], key: string): Finding {
  const known = knownKeys(path);
  const meant = nearest(key, known);
  if (meant !== null) {
    return mistakenKey([...path, key], `unknown key; did you mean "${meant}"?`, `rename it to "${meant}"`);
  }
  const message = `unknown key; expected one of ${known.join(', ')}, got ${shown(key)}`;
  return mistakenKey([...path, key], message, 'remove it');
}

function isMap(value: Plain | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function findingsOf(issue: z.core.$ZodIssue, value: Plain): readonly Finding[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  // A block that may also be true or false: where a map stands, its own mistakes are meant.
  const inner = issue.code === 'invalid_union' && isMap(valueAt(value, path)) ? issue.errors.at(-1) : undefined;
  if (inner?.some(({ code, path: below }) => below.length > 0 || code === 'unrecognized_keys')) {
    return inner.flatMap((one) =>
      findingsOf({ ...one, path: [...issue.path, ...one.path] } as z.core.$ZodIssue, value),
    );
  }
  const isKey = issue.code === 'invalid_key';
  const [expected = '', remedy = ''] = (isKey ? (issue.issues[0]?.message ?? '') : issue.message).split('\n');
  const got = isKey ? shown(path.at(-1)) : shown(valueAt(value, path));
  return [(isKey ? mistakenKey : mistake)(path, `expected ${expected}, got ${got}`, remedy)];
}

/**
 * All findings about the shape, and the spec without the parts that were found wrong, so that checks across fields can
 * look at the rest. `rest` is null when nothing is left to look at.
 */
export function validate(value: Plain): { readonly findings: readonly Finding[]; readonly rest: ClusterSpec | null } {
  const parsed = clusterSchema.safeParse(value);
  if (parsed.success) return { findings: [], rest: parsed.data };
  const all = parsed.error.issues.flatMap((issue) => findingsOf(issue, value));
  const findings = [...new Map(all.map((finding) => [JSON.stringify(finding.path), finding])).values()];
  const pruned = withoutPaths(
    value,
    findings.map(({ path }) => path),
  );
  const rest = clusterSchema.safeParse(typeof pruned === 'object' ? { name: 'unnamed', ...pruned } : pruned);
  return { findings, rest: rest.success ? rest.data : null };
}
