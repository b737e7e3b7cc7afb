// Who makes the secrets that are missing? A one-shot of the orchestrator's image, before anything else starts.
import { orchestratorImage } from './orchestrator.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry, SecretFile, Service } from './types.ts';

export const secrets: CatalogEntry = {
  summary: 'makes the keys, tokens, passwords and certificates that are missing, then ends',
  services: (cluster) => [
    {
      ...ordinary,
      name: 'secrets',
      role: 'one-shot',
      // Only the machine at hand can make files; on a swarm they are made before the deploy.
      targets: ['compose'],
      image: orchestratorImage(cluster),
      profile: 'workers',
      command: ['secrets'],
      environment: { MUSTER_SECRETS: '/run/muster/secrets' },
      secrets: [{ folder: '', path: '/run/muster/secrets', writable: true, exists: true }],
      scratch: [{ path: '/tmp', sizeMiB: 16, executable: false }],
      health: null,
      limits: { cpus: 1, memoryMiB: 256, processes: 64 },
      networks: [],
      graceSeconds: 10,
    },
  ],
};

/** Tells the one-shot the list, which only the whole catalog knows: JSON without a secret. */
export function withSecretFiles(services: readonly Service[], files: readonly SecretFile[]): readonly Service[] {
  const list = JSON.stringify(files);
  return services.map((service) =>
    service.name === 'secrets'
      ? { ...service, environment: { ...service.environment, MUSTER_SECRET_FILES: list } }
      : service,
  );
}
