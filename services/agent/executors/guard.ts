// Who ends the jobs when the agent itself is killed? A small shell beside it, which sees the end of a pipe.
import { type ChildProcess, spawn } from 'node:child_process';

// One line per change: `+ marker pid cgroup` or `- marker`. At the end of the pipe the agent is gone: kill by cgroup,
// by process group, and by marker until nothing is found. Markers hold no character that a shell or grep would read.
const script = `
jobs=
while read -r change marker pid cgroup; do
  kept=
  for job in $jobs; do [ "\${job%%|*}" = "$marker" ] || kept="$kept $job"; done
  jobs=$kept
  [ "$change" = - ] || jobs="$jobs $marker|$pid|$cgroup"
done
root=$1
set --
for job in $jobs; do
  rest=\${job#*|}
  cgroup=\${rest#*|}
  [ -z "$cgroup" ] || echo 1 2>/dev/null >"$cgroup/cgroup.kill"
  kill -KILL -- "-\${rest%%|*}" 2>/dev/null
  set -- "$@" -e "MUSTER_ATTEMPT=\${job%%|*}"
done
empty=0
[ -n "$jobs" ] || empty=2
while [ "$empty" -lt 2 ]; do
  empty=$((empty + 1))
  for file in $(grep -lszxF "$@" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -KILL "\${pid%/environ}" 2>/dev/null && empty=0
  done
done
[ -z "$root" ] || { rmdir "$root"/*/ || sleep 0.2; rmdir "$root"/*/; rmdir "$root"; } 2>/dev/null
`;

type Guarded = { readonly pid: number; readonly cgroup: string | null };
export type Guard = { add(marker: string, guarded: Guarded): void; remove(marker: string): void; close(): void };

/**
 * `path` is its PATH; `root` the cgroup that holds those of the jobs, to be removed at the end. A second guard takes
 * over when the first one is killed. Neither keeps the agent's event loop alive.
 */
export const startGuard = (path: string, root: string | null): Guard => {
  const jobs = new Map<string, Guarded>();
  let closed = false;
  let child: ChildProcess;
  const tell = (line: string) => child.stdin?.write(`${line}\n`);
  const added = (marker: string, { pid, cgroup }: Guarded) => tell(`+ ${marker} ${pid} ${cgroup ?? ''}`);
  const begin = () => {
    // A session of its own: what is sent to the agent's process group must not reach it.
    child = spawn('/bin/sh', ['-c', script, 'muster-guard', root ?? ''], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: path },
      cwd: '/',
    });
    child.unref();
    (child.stdin as unknown as { unref(): void }).unref();
    child.stdin?.on('error', () => {});
    child.on('error', () => {});
    child.on('exit', () => {
      if (!closed) begin();
    });
    for (const [marker, guarded] of jobs) added(marker, guarded);
  };
  begin();
  return {
    add(marker, guarded) {
      jobs.set(marker, guarded);
      added(marker, guarded);
    },
    remove(marker) {
      jobs.delete(marker);
      tell(`- ${marker}`);
    },
    close() {
      closed = true;
      child.kill('SIGKILL');
    },
  };
};
