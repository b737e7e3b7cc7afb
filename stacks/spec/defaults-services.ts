// What holds for a service of the stack when a key is not written? Images carry exact tags.
export const daskDefaults = {
  image: 'ghcr.io/dask/dask:2026.8.0',
  cpus: 1,
  memory: '1GiB',
  dashboard: true,
  tls: false,
  compression: 'auto',
  logLevel: 'info',
} as const;

/** `memoryLimit`, for each process, follows from `memory`: see cluster/dask.ts. */
export const daskWorkerDefaults = {
  replicas: 1,
  gpus: 'none',
  deathTimeout: '60s',
  drainGrace: '30s',
  memoryFractions: { target: 0.6, spill: 0.7, pause: 0.8, terminate: 0.95 },
} as const;

export const ollamaDefaults = { image: 'ollama/ollama:0.17.4', port: 11434 } as const;

/** What is not here is left to Ollama, which knows its own defaults best. */
export const ollamaNodeDefaults = {
  replicas: 1,
  cpus: 4,
  memory: '8GiB',
  gpus: 'auto',
  models: [],
  cloud: false,
} as const;

export const openWebuiDefaults = {
  image: 'ghcr.io/open-webui/open-webui:v0.12.4',
  cpus: 2,
  memory: '2GiB',
  port: 3000,
  signUp: false,
} as const;

export const proxyDefaults = {
  image: 'nginx:1.28.0',
  cpus: 1,
  memory: '256MiB',
  httpPort: 80,
  httpsPort: 443,
  public: false,
  tls: 'local',
  uploadLimit: '100MiB',
  requestsPerSecond: 50,
} as const;

export const prometheusDefaults = {
  image: 'prom/prometheus:v3.5.0',
  cpus: 1,
  memory: '1GiB',
  port: 9090,
  retention: '360h',
  scrapeInterval: '15s',
} as const;

export const alertmanagerDefaults = {
  image: 'prom/alertmanager:v0.28.1',
  cpus: 0.5,
  memory: '128MiB',
  port: 9093,
  webhook: false,
} as const;

export const grafanaDefaults = { image: 'grafana/grafana:12.1.1', cpus: 1, memory: '512MiB', port: 3001 } as const;

export const visualizerDefaults = {
  image: 'dockersamples/visualizer:stable',
  cpus: 0.5,
  memory: '256MiB',
  port: 8090,
} as const;

/** Large, so that names rarely meet at one address. */
export const wireguardDefaults = { subnet: '10.90.0.0/16', port: 51820 } as const;

export const rackDefaults = { user: 'root', sshPort: 22 } as const;

export const swarmDefaults = { endpoint: 'vip', encrypted: true, workersOnManagers: false } as const;
