// What does cloud-init read? Files and units to start, as YAML; and the same as a script, for images without cloud-init.
import { shellWord } from '../../formats/shell.ts';
import { formatYaml } from '../../formats/yaml.ts';
import type { BootFile } from './worker.ts';

const units = ['muster-watch.service', 'muster-boot.service'] as const;
const start = [
  ['systemctl', 'daemon-reload'],
  ['systemctl', 'enable', '--now', '--no-block', ...units],
] as const;

/** AWS takes no more, before base64. */
export const mostBytes = 16_384;

/** Starts with `#cloud-config`; nobody signs in by a password, root not at all. */
export function cloudConfig(files: readonly BootFile[], comment: string): string {
  const document = {
    ssh_pwauth: false,
    disable_root: true,
    write_files: files.map(({ path, text, mode }) => ({
      ...{ path, permissions: mode, owner: 'root:root' },
      ...{ encoding: 'b64', content: Buffer.from(text).toString('base64') },
    })),
    runcmd: start.map((words) => [...words]),
  };
  return `#cloud-config\n${formatYaml(document, comment)}`;
}

export function startupScript(files: readonly BootFile[]): string {
  const written = files.flatMap(({ path, text, mode }) => [
    `mkdir -p ${shellWord(path.replace(/\/[^/]*$/, ''))}`,
    `printf %s ${Buffer.from(text).toString('base64')} | base64 -d > ${shellWord(path)}`,
    `chmod ${mode} ${shellWord(path)}`,
  ]);
  return ['#!/bin/sh', 'set -eu', ...written, ...start.map((words) => words.map(shellWord).join(' ')), ''].join('\n');
}
