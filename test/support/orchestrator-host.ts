// How does a test get the orchestrator of a rack on a real host with systemd? Its units as they are rendered, no Ansible.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { bundle } from '../../stacks/drivers/bundle.ts';
import { createSecretFiles } from '../../stacks/drivers/secret-files.ts';
import { rackSecretFiles, render, secretPaths, targets } from '../../stacks/index.ts';
import { type Host, hostAddress, onHost, sshConfig } from './hosts-lab.ts';
import { root } from './sources.ts';
import { clusterOf } from './specs.ts';

const host: Host = 'node1';
const cluster = clusterOf(
  JSON.stringify({
    name: 'kept',
    orchestrator: { backup: { keep: 2 } },
    rack: { hosts: { [host]: { address: hostAddress(host), runs: ['orchestrator'] } } },
  }),
);
const launcher = '#!/bin/sh\nexec /opt/muster/bin/node /opt/muster/bin/orchestrator.cjs "$@"\n';
const started = 'muster-orchestrator-tls.path muster-orchestrator.service muster-backup.timer';

const put = (path: string, bytes: Buffer | string, mode = '644'): void => {
  const script = `mkdir -p '${path.replace(/\/[^/]*$/, '')}' && cat >'${path}.new' && chmod ${mode} '${path}.new' && mv '${path}.new' '${path}'`;
  const { status, stderr } = spawnSync('ssh', ['-F', sshConfig, host, script], { input: bytes });
  if (status !== 0) throw new Error(`${path}: ${stderr}`);
};

/** What a script on the host prints. It must succeed. */
export const printed = async (script: string): Promise<string> => {
  const { code, stderr, stdout } = await onHost(host, script);
  if (code !== 0) throw new Error(`${script}\nexit code ${code}\n${stdout}${stderr}`);
  return stdout.trim();
};

export class OrchestratorHost {
  readonly #folder: string;

  /** `folder` is for what is built, and for the secrets. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  secret(path: string): string {
    return readFileSync(join(this.#folder, 'secrets', path), 'utf8');
  }

  async install(): Promise<void> {
    const { orchestrator } = await bundle(root, join(this.#folder, 'bundle'));
    await this.#makeSecrets();
    put('/opt/muster/bin/node', readFileSync(process.execPath), '755');
    put('/opt/muster/bin/orchestrator.cjs', readFileSync(orchestrator));
    put('/opt/muster/bin/muster-orchestrator', launcher, '755');
    for (const path of rackSecretFiles(cluster).flatMap(secretPaths)) this.#putSecret(path);
    for (const { path, text } of render(cluster, [targets.systemd]).files) {
      const unit = /^build\/rack\/node1\/units\/(.+)$/.exec(path)?.[1];
      if (unit !== undefined) put(`/etc/systemd/system/${unit}`, text);
    }
    await printed(`mkdir -p /opt/muster/root && systemctl daemon-reload && systemctl -q enable --now ${started}`);
  }

  /** Another certificate with another key, one after the other, as files are copied. */
  async renew(): Promise<void> {
    const files = ['orchestrator/tls.crt', 'orchestrator/tls.key'];
    for (const path of files) rmSync(join(this.#folder, 'secrets', path));
    await this.#makeSecrets();
    for (const path of files) this.#putSecret(path);
  }

  /** Of the certificate that a new connection is shown. */
  serial(): Promise<string> {
    const socket = connect({
      host: hostAddress(host),
      port: 8080,
      ca: this.secret('authority/ca.crt'),
      timeout: 5_000,
    });
    return new Promise((resolve, reject) => {
      socket.once('timeout', () => socket.destroy(new Error('no answer'))).once('error', reject);
      socket.once('secureConnect', () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      });
    });
  }

  /** On a connection of its own; rejects for an answer that is no success. */
  ask<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.secret('admin').trim()}`, 'content-type': 'application/json' };
    const where = { host: hostAddress(host), port: 8080, path, method, headers, timeout: 10_000, agent: false };
    return new Promise((resolve, reject) => {
      const call = request({ ...where, ca: this.secret('authority/ca.crt') }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('error', reject).once('end', () => {
          if (Number(response.statusCode) < 300) resolve(JSON.parse(text) as Answer);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      });
      call.once('timeout', () => call.destroy(new Error(`${method} ${path}: no answer`))).once('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async #makeSecrets(): Promise<void> {
    const place = { folder: join(this.#folder, 'secrets'), owner: null, root };
    await createSecretFiles(place, rackSecretFiles(cluster));
  }

  #putSecret(path: string): void {
    put(`/etc/muster/secrets/${path}`, this.secret(path), '600');
  }
}
