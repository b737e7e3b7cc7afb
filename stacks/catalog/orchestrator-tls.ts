// Which certificate does an orchestrator show that speaks TLS itself? One of the cluster's own authority.
import type { SecretFile } from './types.ts';

/** `names`: host names and addresses under which it is called from elsewhere; this machine's own are added. */
export function orchestratorCertificate(names: readonly string[]): SecretFile {
  return {
    kind: 'certificate',
    path: 'orchestrator/tls',
    by: 'authority/ca',
    names: [...new Set([...names, 'localhost', '127.0.0.1'])],
    use: 'server',
  };
}
