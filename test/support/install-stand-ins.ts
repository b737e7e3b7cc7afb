// What stands in for a host and for Ansible when `muster install` is tested? Programs on the PATH that answer as told.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../stacks/cli/index.ts';
import { root as clone } from './sources.ts';

export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** As the script that looks prints them; `other` lines come after those of a small Debian. */
export const hostSays = (...other: readonly string[]): string =>
  [
    ...['name bare', 'system Linux', 'machine x86_64', 'user root', 'root root', 'ID debian'],
    ...['PRETTY_NAME Debian GNU/Linux 12 (bookworm)', 'systemd 252', 'python yes', 'cpus 2', 'memory 4000000'],
    ...['came 10.0.0.1 50000 10.0.0.9 22', 'port 0016 00000000', 'port 0FA0 00000000', ...other],
  ]
    .map((line) => `muster-host ${line}\n`)
    .join('');

const event = (task: string, item: string) =>
  `MUSTER ${JSON.stringify({ event: 'changed', role: 'service', task, host: 'bare', item })}`;

/** `ansible-playbook` changes one thing at its first run that is no check, and nothing afterwards. */
export class InstallStandIns {
  readonly root: string;
  readonly bin: string;

  constructor(root: string, spec: string) {
    this.root = root;
    this.bin = join(root, 'bin');
    for (const folder of ['bin', 'ansible']) mkdirSync(join(root, folder));
    cpSync(join(clone, 'ansible/requirements.txt'), join(root, 'ansible/requirements.txt'));
    writeFileSync(join(root, 'cluster.yaml'), spec);
    this.host(hostSays());
    this.program('ssh', `case $1 in -G) echo port 2222 ;; *) cat >/dev/null; cat '${root}/host' ;; esac`);
    const play = `[ -e '${root}/done' ] || echo '${event('Bring it in line', 'ollama: 1 unit, start')}'`;
    const really = `case "$*" in *--check*) ;; *) touch '${root}/done' ;; esac`;
    const log = `printf '%s\\n' "$*" >>'${root}/plays'`;
    this.program(
      'ansible-playbook',
      `[ "$1" != --version ] || { echo '[core 2.16.0]'; exit; }; ${log}; ${play}; ${really}`,
    );
  }

  program(name: string, script: string): void {
    const path = join(this.bin, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  /** What it says from now on. */
  host(text: string): void {
    writeFileSync(join(this.root, 'host'), text);
  }

  /** The arguments of each run of a playbook so far. */
  plays(): readonly string[] {
    const log = join(this.root, 'plays');
    return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  }

  async muster(...argv: readonly string[]): Promise<Said> {
    const texts = { stdout: '', stderr: '' };
    const into = (name: 'stdout' | 'stderr') =>
      new Writable({
        decodeStrings: false,
        write: (text: string, _encoding, done) => {
          texts[name] += text;
          done();
        },
      });
    const { root } = this;
    const env = { PATH: `${this.bin}:/usr/bin:/bin`, MUSTER_CACHE: join(root, 'cache'), HOME: root };
    const code = await run(argv, { stdout: into('stdout'), stderr: into('stderr'), env, root, cwd: root });
    return { code, ...texts };
  }
}
