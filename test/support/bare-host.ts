// What is a bare host like for a test? A small Debian, with what the test says in place of that.
import type { InstallFacts } from '../../stacks/index.ts';

export const bareHost = (other: Partial<InstallFacts> = {}): InstallFacts => ({
  ...{ name: 'bare', user: 'root', root: 'root', system: 'Linux', machine: 'x86_64' },
  ...{ distribution: 'Debian GNU/Linux 12 (bookworm)', family: 'debian', systemdVersion: 252, hasPython: true },
  ...{ cpus: 2, memoryMiB: 3900, gpus: 0, engine: null, address: '10.0.0.9', sshPort: 22 },
  ...{ ports: [22], services: [], isJoined: false },
  ...other,
});
