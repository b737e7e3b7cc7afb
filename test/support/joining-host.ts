// How does a test join a real host by its line? Pastes it, asks the host, and sees what of it is left.
import { strictEqual } from 'node:assert';
import type { JobView, WorkerList } from '../../services/protocol/index.ts';
import { type Answer, type Host, onHost } from './hosts-lab.ts';
import type { Inviting } from './inviting.ts';

export const host: Host = 'node1';

/**
 * Everything on the disk but what the system writes about itself, such as the users before the last change; kinds,
 * modes, owners, links and contents.
 */
export const look = `find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp \\
  -o -path /var/log -o -path /var/lib/systemd/random-seed -o -path /var/lib/systemd/timers -o -path /var/cache \\
  -o -path /etc/group- -o -path /etc/gshadow- \\) -prune -o \\
  \\( -type f -printf '%p %m %u %s\\n' -o -type d -printf '%p %m %u\\n' -o -type l -printf '%p %l\\n' \\) | sort`;

export const said = async (script: string): Promise<string> => {
  const { code, stdout, stderr } = await onHost(host, script);
  strictEqual(code, 0, `${script}\n${stdout}${stderr}`);
  return stdout.trim();
};

/** The line as a user pastes it; by standard input, for no other shell may read it first. */
export const pasted = (line: string, as: string | null = null): Promise<Answer> =>
  onHost(host, as === null ? line : `su - ${as} -c 'sh -s' <<'END_OF_LINE'\n${line}\nEND_OF_LINE`);

export const workersOf = async ({ bench }: Inviting) =>
  ((await bench.admin.get('/api/v1/workers')).json as WorkerList).workers;

export const ran = async (
  { bench }: Inviting,
  command: readonly string[],
  needs: Readonly<Record<string, unknown>> = {},
): Promise<JobView> => {
  const { json } = await bench.admin.post('/api/v1/jobs', { command, ...needs });
  for (;;) {
    const job: JobView = (await bench.admin.get(`/api/v1/jobs/${json.id}`)).json;
    if (job.finishedAt !== null) return job;
    await new Promise((done) => setTimeout(done, 50));
  }
};

export const ranOn = async (cluster: Inviting): Promise<readonly [JobView['state'], string | null]> => {
  const { state, worker } = await ran(cluster, ['true']);
  return [state, worker];
};

/** How often another user, `someone`, sees a secret among the arguments of programs while root runs a script. */
export const timesSeen = async (secret: string, script: string): Promise<number> => {
  // The pattern does not find itself.
  const found = `grep -ac '[${secret[5]}]${secret.slice(6)}' >/tmp/seen`;
  const watch = `while [ ! -e /tmp/enough ]; do cat /proc/[0-9]*/cmdline 2>/dev/null; done | ${found}`;
  await said(`rm -f /tmp/enough /tmp/seen; su someone -s /bin/bash -c "${watch}" >/dev/null 2>&1 </dev/null &`);
  const { code, stderr } = await pasted(script);
  strictEqual(code, 0, stderr);
  return Number(await said('touch /tmp/enough; until [ -s /tmp/seen ]; do sleep 0.1; done; cat /tmp/seen'));
};
