// Who gets the certificates of an ACME authority, and anew before they end? A daemon of the orchestrator's image.
import { orchestratorImage } from './orchestrator.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry } from './types.ts';

const program = '/opt/muster/bin/muster-orchestrator';

export const certificates: CatalogEntry = {
  summary: 'gets and renews the certificate of the proxy from an ACME authority',
  services: (cluster) => {
    const { proxy } = cluster.stack;
    if (proxy?.tls.kind !== 'acme') return [];
    return [
      {
        ...ordinary,
        name: 'certificates',
        image: orchestratorImage(cluster),
        profile: 'ai',
        command: ['certificates'],
        environment: {
          MUSTER_ACME_DIRECTORY: proxy.tls.directory,
          MUSTER_ACME_EMAIL: proxy.tls.email,
          MUSTER_ACME_HOSTS: proxy.hosts.join(','),
          MUSTER_STATE: '/var/lib/muster',
        },
        state: [{ name: 'certificates', path: '/var/lib/muster' }],
        health: {
          command: [program, 'certificates-health'],
          intervalSeconds: 60,
          timeoutSeconds: 15,
          startSeconds: 300,
          retries: 3,
        },
        limits: { cpus: 1, memoryMiB: 256, processes: 64 },
        networks: ['egress'],
        // The authority counts how often it is asked.
        exclusive: true,
      },
    ];
  },
};
