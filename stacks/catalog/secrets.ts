// Who makes the secrets that are missing? A one-shot of the orchestrator's image, before anything else starts.
import { classesText, orchestratorImage } from './orchestrator.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry } from './types.ts';

export const secrets: CatalogEntry = {
  summary: 'makes the admin key, the token for metrics and one per worker class where they are missing, then ends',
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
      environment: {
        MUSTER_CLASSES: classesText(cluster),
        MUSTER_SECRETS: '/run/muster/secrets',
      },
      secrets: [{ folder: '', path: '/run/muster/secrets', writable: true, exists: true }],
      scratch: [{ path: '/tmp', sizeMiB: 16, executable: false }],
      health: null,
      limits: { cpus: 1, memoryMiB: 256, processes: 64 },
      networks: [],
      graceSeconds: 10,
    },
  ],
};
