// Who makes the secrets that are missing? A one-shot of the orchestrator's image, before anything else starts.
import { classesText, orchestratorImage } from './orchestrator.ts';
import type { CatalogEntry } from './types.ts';

export const secrets: CatalogEntry = {
  summary: 'makes the admin key and one token per worker class where they are missing, then ends',
  services: (cluster) => [
    {
      name: 'secrets',
      role: 'one-shot',
      image: orchestratorImage(cluster),
      command: ['secrets'],
      environment: {
        MUSTER_CLASSES: classesText(cluster),
        MUSTER_SECRETS: '/run/muster/secrets',
      },
      passThrough: [],
      secrets: [{ folder: '', path: '/run/muster/secrets', writable: true, exists: true }],
      state: [],
      scratch: [{ path: '/tmp', sizeMiB: 16, executable: false }],
      ports: [],
      health: null,
      limits: { cpus: 1, memoryMiB: 256, processes: 64 },
      networks: [],
      dependsOn: [],
      graceSeconds: 10,
      gpus: { kind: 'none' },
      replicas: 1,
      scalable: false,
      local: false,
    },
  ],
};
