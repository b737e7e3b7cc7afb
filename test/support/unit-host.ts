// How does a test get an agent on a real host with systemd, whose jobs get units of their own? As a rack has it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { Offer, Report } from '../../services/protocol/index.ts';
import { bundle } from '../../stacks/drivers/bundle.ts';
import { FakeOrchestrator } from './fake-orchestrator.ts';
import { freshHost, type Host, hostsDown, machineAddress, onHost, sshConfig } from './hosts-lab.ts';

const root = join(import.meta.dirname, '../..');
const unit = 'test/golden/systemd/rack/build/rack/node1/units/muster-worker.service';
const helper = ['muster-job-units.socket', 'muster-job-units@.service'];

/** Where the test differs from a rack: it plays the orchestrator, on this machine and without TLS. */
const dropIn = (port: number): string => `[Unit]
Wants=muster-job-units.socket
After=muster-job-units.socket
[Service]
SupplementaryGroups=muster-jobs
RestartSec=1s
WatchdogSec=6s
Environment=
Environment=MUSTER_ORCHESTRATOR_URL=http://${machineAddress}:${port} MUSTER_STATE=/var/lib/muster/worker
Environment=MUSTER_TOKEN_FILE=%d/token MUSTER_HEALTH=127.0.0.1:50052 MUSTER_GPUS=none MUSTER_DRAIN_SECONDS=20
LoadCredential=
LoadCredential=token:/etc/muster/secrets/token
IPAddressAllow=
IPAddressAllow=localhost ${machineAddress}
`;

const put = (host: Host, path: string, bytes: Buffer, mode = '644'): void => {
  const script = `mkdir -p '${path.replace(/\/[^/]*$/, '')}' && cat >'${path}' && chmod ${mode} '${path}'`;
  const { status, stderr } = spawnSync('ssh', ['-F', sshConfig, host, script], { input: bytes });
  if (status !== 0) throw new Error(`${host}: ${path}: ${stderr}`);
};

/** What a script on a host prints. It must succeed. */
export const said = async (host: Host, script: string): Promise<string> => {
  const { code, stdout, stderr } = await onHost(host, script);
  if (code !== 0) throw new Error(`${host}: ${script}\nexit code ${code}\n${stdout}${stderr}`);
  return stdout.trim();
};

const host = 'node1';
const port = 18_080;

/** Puts agent and helper on a fresh host and starts them. `folder` is for what is built. */
const install = async (folder: string): Promise<void> => {
  const { agent } = await bundle(root, folder);
  put(host, '/opt/muster/bin/node', readFileSync(process.execPath), '755');
  put(host, '/opt/muster/bin/agent.cjs', readFileSync(agent));
  const launcher = '#!/bin/sh\nexec /opt/muster/bin/node /opt/muster/bin/agent.cjs "$@"\n';
  put(host, '/opt/muster/bin/muster-agent', Buffer.from(launcher), '755');
  for (const name of helper)
    put(host, `/etc/systemd/system/${name}`, readFileSync(join(root, 'services/agent/install', name)));
  put(host, '/etc/systemd/system/muster-worker.service', readFileSync(join(root, unit)));
  put(host, '/etc/systemd/system/muster-worker.service.d/test.conf', Buffer.from(dropIn(port)));
  put(host, '/etc/muster/secrets/token', Buffer.from('class-secret\n'), '600');
  await said(host, 'systemctl daemon-reload && systemctl -q enable muster-job-units.socket --now muster-worker');
};

/** For the tests of a suite: there before the first, gone after the last. */
export const useUnitHost = (): UnitHost => {
  const used = new UnitHost();
  const folder = mkdtempSync(join(tmpdir(), 'muster-units-'));
  before(
    async () => {
      // First, for it makes the network in which the orchestrator listens.
      freshHost(host);
      await used.orchestrator.start(port, machineAddress);
      await install(folder);
      await used.orchestrator.until(() => used.orchestrator.of('stream').length > 0);
    },
    { timeout: 60_000 },
  );
  after(async () => {
    hostsDown();
    await used.orchestrator.stop();
    rmSync(folder, { recursive: true });
  });
  return used;
};

export class UnitHost {
  readonly orchestrator = new FakeOrchestrator();

  said(script: string): Promise<string> {
    return said(host, script);
  }

  /** What the helper of root answers to the agent's user, who may have been taken over, for lines of its own. */
  async asAgent(...requests: readonly unknown[]): Promise<string[]> {
    const program = `
import json, os, socket, sys
group = open('/proc/%s/cgroup' % sys.argv[1]).read().split('name=systemd:')[1].split('\\n')[0]
open('/sys/fs/cgroup/systemd%s/cgroup.procs' % group, 'w').write(str(os.getpid()))
owner = os.stat('/var/lib/private/muster/worker')
os.setgroups([]); os.setgid(__import__('grp').getgrnam('muster-jobs').gr_gid); os.setuid(owner.st_uid)
for line in json.loads(sys.stdin.read()):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect('/run/muster/job-units.sock')
        s.sendall(line.encode() + b'\\n')
        print(s.makefile().readline().strip())
`;
    const lines = requests.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
    const script = `cat >/tmp/ask.py <<'END'
${program.replaceAll('\\\\', '\\')}
END
cat >/tmp/lines <<'END'
${JSON.stringify(lines)}
END
python3 /tmp/ask.py "$(systemctl show -p MainPID --value muster-worker)" </tmp/lines`;
    return (await this.said(script)).split('\n');
  }

  /** Name of the attempt of a job. */
  attempt(job: string): string {
    return `${job}.${this.orchestrator.fence}`;
  }

  /** Offers a job and waits for its end. */
  async run(job: string, spec: Partial<Offer['spec']> & { command: string[] }): Promise<Report & { log: string }> {
    this.orchestrator.offer(job, spec);
    const report = await this.orchestrator.until(() => this.orchestrator.ended(job));
    return { ...report, log: this.orchestrator.logs.get(job)?.toString() ?? '' };
  }

  /** A line of shell as a job. */
  shell(job: string, line: string, spec: Partial<Offer['spec']> = {}): Promise<Report & { log: string }> {
    return this.run(job, { ...spec, command: ['/bin/sh', '-c', line] });
  }
}
