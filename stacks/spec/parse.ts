// What does cluster.yaml say? Text in, a spec and all problems out, each with its place.
import type { Host } from '../cluster/types.ts';
import { readPlainYaml } from '../formats/plain-yaml.ts';
import type { Position } from '../formats/yaml.ts';
import { crossCheck } from './checks.ts';
import { checkHost } from './checks-host.ts';
import { placesOf, plainValue } from './document.ts';
import type { ClusterSpec, Finding, Problem } from './types.ts';
import { printable, validate } from './validate.ts';

export type ParsedSpec = {
  /** Null when there is an error; warnings do not take it away. */
  readonly spec: ClusterSpec | null;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  /** Gives a later finding, such as a target's, its place in this file. */
  readonly locate: (finding: Finding) => Problem;
};

function problem({ isKey: _, ...finding }: Finding, { line, column }: Position, file: string): Problem {
  return { ...finding, path: finding.path.map(printable).join('/'), file, line, column };
}

/**
 * Reads a spec. `file` is its name as the caller gave it; with `host`, workers that are larger than it are warnings.
 * Throws nothing: whatever is wrong with the text is a problem.
 */
export function parseSpec(text: string, file: string, host?: Host): ParsedSpec {
  const { root, errors } = readPlainYaml(text);
  const yamlProblems = errors.map(({ at, ...error }) => problem({ ...error, severity: 'error' }, at, file));
  if (root === null) {
    return { spec: null, problems: yamlProblems, locate: (finding) => problem(finding, { line: 1, column: 1 }, file) };
  }
  const places = placesOf(root);
  const locate = (finding: Finding): Problem =>
    problem(finding, places(finding.path, finding.isKey ? 'key' : 'value'), file);
  const { findings, rest } = validate(plainValue(root));
  const across = rest === null ? [] : [...crossCheck(rest), ...(host === undefined ? [] : checkHost(rest, host))];
  // What the reader refused is not there any more: nothing else can be said about it.
  const refused = new Set(yamlProblems.map(({ path }) => path));
  const located = [...findings, ...across].map(locate).filter(({ path }) => path === '' || !refused.has(path));
  const problems = [...yamlProblems, ...located].sort((a, b) => a.line - b.line || a.column - b.column);
  return { spec: problems.some(({ severity }) => severity === 'error') ? null : rest, problems, locate };
}
