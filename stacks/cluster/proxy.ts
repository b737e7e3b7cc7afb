// What was decided about the proxy?
import { proxyDefaults } from '../spec/defaults-services.ts';
import type { ProxySpec } from '../spec/types.ts';
import { memoryMiB } from './decide.ts';
import type { ProxyTls, ReverseProxy } from './types.ts';

/** Let's Encrypt (https://letsencrypt.org/docs/acme-protocol-updates/). */
const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory';

/** The checks have refused a block with neither or with both. */
function tlsOf(written: ProxySpec['tls']): ProxyTls {
  if (written === undefined || written === 'local') return { kind: 'local' };
  const { acme, certificate, key } = written;
  if (acme !== undefined) return { kind: 'acme', email: acme.email, directory: acme.directory ?? letsEncrypt };
  return { kind: 'files', certificate: certificate ?? '', key: key ?? '' };
}

export function proxyOf(block: ProxySpec, clusterName: string): ReverseProxy {
  const { cpus, httpPort, httpsPort, image, memory, requestsPerSecond, uploadLimit } = { ...proxyDefaults, ...block };
  return {
    image,
    cpus,
    memoryMiB: memoryMiB(memory),
    hosts: block.hosts ?? [`${clusterName}.localhost`, 'localhost'],
    httpPort,
    httpsPort,
    public: block.public ?? proxyDefaults.public,
    tls: tlsOf(block.tls),
    uploadLimitMiB: memoryMiB(uploadLimit),
    requestsPerSecond,
  };
}
