// How does a test type `muster` on a real host with systemd, from where others are reached? As one file, beside a Node.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { shellWord } from '../../stacks/cli/output.ts';
import { type Answer, type Host, onHost, sshConfig } from './hosts-lab.ts';
import { root } from './sources.ts';

const place = '/opt/control';
const script = `${place}/stacks/cli/muster.mjs`;

function put(host: Host, path: string, bytes: string | Buffer, mode: string): void {
  const write = `umask 077 && mkdir -p '${dirname(path)}' && cat >'${path}' && chmod ${mode} '${path}'`;
  const { status, stderr } = spawnSync('ssh', ['-F', sshConfig, host, write], { input: bytes });
  if (status !== 0) throw new Error(`${host}: ${path}: ${stderr}`);
}

/** `muster` in one file: what a host would need an installation for is left out, and asked for only where it is used. */
async function oneFile(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: "import './stacks/cli/main.ts';", resolveDir: root },
    ...{ bundle: true, write: false, platform: 'node', format: 'esm', logLevel: 'silent' },
    external: ['esbuild', 'ssh2', 'cpu-features', 'postject', 'typescript'],
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  });
  return outputFiles[0]?.text ?? '';
}

export type Control = (...argv: readonly string[]) => Promise<Answer>;

/** With the keys of the lab, an orchestrator elsewhere, and its key and authority. */
export async function controlHost(host: Host, url: string, key: string, ca: string): Promise<Control> {
  const keys = dirname(sshConfig);
  put(host, '/root/.ssh/id_ed25519', readFileSync(join(keys, 'key')), '600');
  put(host, '/root/.ssh/known_hosts', readFileSync(join(keys, 'known_hosts')), '600');
  put(host, `${place}/node`, readFileSync(process.execPath), '755');
  put(host, `${place}/key`, key, '600');
  put(host, `${place}/ca.crt`, ca, '644');
  put(host, script, await oneFile(), '644');
  const variables = `MUSTER_HOME=${place}/home MUSTER_URL=${url} MUSTER_KEY_FILE=${place}/key MUSTER_CA_FILE=${place}/ca.crt`;
  return (...argv) => onHost(host, `${variables} ${place}/node ${script} ${argv.map(shellWord).join(' ')} </dev/null`);
}
