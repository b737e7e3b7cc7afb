// What does cloud-init read? Files and units to start, as YAML; and the same as a script, for images without cloud-init.
import { shellWord } from '../../formats/shell.ts';
import { formatYaml } from '../../formats/yaml.ts';
import type { BootFile } from './worker.ts';

const start = (units: readonly string[]): readonly (readonly string[])[] => [
  ['systemctl', 'daemon-reload'],
  ['systemctl', 'enable', '--now', '--no-block', ...units],
];

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Starts with `#cloud-config`; nobody signs in by a password, root not at all. */
export function cloudConfig(files: readonly BootFile[], comment: string, units: readonly string[]): string {
  const document = {
    ssh_pwauth: false,
    disable_root: true,
    // Plain: in base64 it would be a third more, and nobody could read it.
    write_files: files.map(({ path, text, mode }) => ({
      path,
      permissions: mode,
      owner: 'root:root',
      content: text,
    })),
    runcmd: start(units).map((words) => [...words]),
  };
  return `#cloud-config\n${formatYaml(document, comment)}`;
}

/** For root, at each start of the machine. */
export function startupScript(files: readonly BootFile[], comment: string, units: readonly string[]): string {
  const written = files.flatMap(({ path, text, mode }) => [
    `mkdir -p ${shellWord(path.replace(/\/[^/]*$/, ''))}`,
    // It runs at each boot, beside what reads these files: each is there as a whole, or as it was.
    `printf %s ${base64(text)} | base64 -d > ${shellWord(`${path}.new`)}`,
    `chmod ${mode} ${shellWord(`${path}.new`)}`,
    `mv ${shellWord(`${path}.new`)} ${shellWord(path)}`,
  ]);
  const commands = start(units).map((words) => words.map(shellWord).join(' '));
  const comments = comment.split('\n').map((line) => `# ${line}`);
  return ['#!/bin/sh', ...comments, 'set -eu', ...written, ...commands, ''].join('\n');
}
