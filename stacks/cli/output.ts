// How does an answer look? Lines, JSON, tables, and the problems of the spec: the manner of every verb.
import type { Problem } from '../spec/types.ts';
import type { Io } from './types.ts';

export function writeLine(io: Io, line: string): void {
  io.stdout.write(`${line}\n`);
}

export function writeJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** `1 worker`, `3 workers`, `2 classes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `file:line:column path: message` and, on a line of its own, the remedy. */
export function formatProblem({ file, line, column, path, message, remedy, severity }: Problem): string {
  const place = path === '' ? `${file}:${line}:${column}` : `${file}:${line}:${column} ${path}`;
  const text = `${place}: ${severity === 'warning' ? 'warning: ' : ''}${message}`;
  return remedy === undefined ? text : `${text}\n   → ${remedy}`;
}

/** Every problem and a line that counts them; null when there is none. */
export function formatProblems(problems: readonly Problem[]): string | null {
  if (problems.length === 0) return null;
  const refused = problems.some(({ severity }) => severity === 'error');
  const end = refused
    ? `${counted(problems.length, 'problem')}; nothing was written`
    : counted(problems.length, 'warning');
  return [...problems.map(formatProblem), end].join('\n');
}

/** Columns as wide as their widest cell, two spaces apart; no space at the end of a line. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  const filled = (cell: string, column: number) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length);
  return lines.map((line) => line.map(filled).join('  ').trimEnd()).join('\n');
}

/** How this clone's command is typed: what we print can be pasted, with or without an alias. */
export const self = 'npx --no muster';

/** A word as a shell must read it: bare where it may be. */
export function shellWord(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
