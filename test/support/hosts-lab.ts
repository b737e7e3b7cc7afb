// Are there real hosts with systemd for tests, and how is one of them used, lost and found?
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const lab = join(import.meta.dirname, '../lab/hosts');

export const hostNames = ['node1', 'node2', 'node3'] as const;
export type Host = (typeof hostNames)[number];

/** What a script said on a host; code 255: ssh did not get through. */
export type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };

const call = (...argv: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(lab, argv, { encoding: 'utf8', maxBuffer: 2 ** 26 });

function hosts(...argv: readonly string[]): string {
  const { status, stdout, stderr, error } = call(...argv);
  if (status === 0) return stdout;
  throw new Error(`hosts ${argv.join(' ')}: exit status ${status}\n${stdout}${stderr}`, { cause: error });
}

/** Why no hosts can be started here, or null. */
export function whyNoHosts(): string | null {
  const { status, stderr } = call('check');
  return status === 0 ? null : (stderr.split('\n')[0] ?? 'test/lab/hosts cannot be run');
}

/** Three hosts as their provider hands them over: what an earlier test left is gone. */
export const freshHosts = (): void => void hosts('reset');
/** The same for some of them, beside others that stay as they are. */
export const freshHost = (...names: readonly Host[]): void => void hosts('reset', ...names);

/** Nobody asks for what is on the disks: a power cut is enough. */
export function hostsDown(): void {
  call('kill', ...hostNames);
  hosts('down');
}

/** A script for bash, as root. */
export const onHost = (host: Host, script: string): Promise<Answer> => scriptIn('ssh', host, script);

/** The same where ssh cannot go, because the host is cut off. */
export const insideHost = (host: Host, script: string): Promise<Answer> => scriptIn('inside', host, script);

/** The script goes by standard input, so that no shell in between reads it. */
function scriptIn(way: 'ssh' | 'inside', host: Host, script: string): Promise<Answer> {
  const child = spawn(lab, [way, host, 'bash', '-s']);
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text;
  });
  // Who cannot get in reads nothing: the exit status says so.
  child.stdin.on('error', () => undefined).end(script);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), ...texts }));
  });
}

/** `systemctl reboot`, until the host is back. */
export const rebootHost = (host: Host): void => void hosts('reboot', host);
/** A power cut: nobody is told; the disk stays. */
export const killHost = (host: Host): void => void hosts('kill', host);
/** Orderly, as by the button of a machine. */
export const stopHost = (host: Host): void => void hosts('stop', host);
export const startHost = (host: Host): void => void hosts('start', host);
/** The network cable alone: the host runs on. */
export const cutHost = (host: Host): void => void hosts('cut', host);
export const healHost = (host: Host): void => void hosts('heal', host);

const subnet = process.env.MUSTER_HOSTS_SUBNET ?? '10.250';

/** Where this machine and the other hosts reach a host. */
export const hostAddress = (host: Host): string => `${subnet}.0.1${host.slice('node'.length)}`;
/** Where hosts reach what listens on this machine; they also call it `machine`. */
export const machineAddress = `${subnet}.0.253`;

const state = process.env.MUSTER_HOSTS_STATE ?? '/var/lib/muster-hosts';

/** For `ssh -F`: the keys of the hosts, and the key to enter them. */
export const sshConfig = join(state, 'ssh/config');
/** The hosts as Ansible reads them. */
export const hostsInventory = (): string => hosts('inventory');
