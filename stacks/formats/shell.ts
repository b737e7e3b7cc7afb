// How does text reach a shell script unchanged? Single quotes, inside which sh reads nothing.

/** One word of sh, whatever is in it. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Lines that set and export variables, in the given order. */
export function exportLines(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`);
}

/** A script of sh that ends at the first error; `comment` is its first line. */
export function formatScript(comment: string, lines: readonly string[]): string {
  return ['#!/bin/sh', `# ${comment}`, 'set -eu', ...lines, ''].join('\n');
}
