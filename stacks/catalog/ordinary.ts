// What stands in every service unless its entry says otherwise?
import type { Service } from './types.ts';

export const ordinary = {
  role: 'daemon',
  targets: ['compose', 'swarm', 'systemd'],
  program: null,
  entrypoint: null,
  command: null,
  environment: {},
  passThrough: [],
  configs: [],
  secrets: [],
  folders: [],
  engineSocket: false,
  state: [],
  scratch: [{ path: '/tmp', sizeMiB: 64, executable: false }],
  ports: [],
  networks: ['back'],
  aliases: [],
  dependsOn: [],
  graceSeconds: 20,
  gpus: { kind: 'none' },
  replicas: 1,
  scalable: false,
  exclusive: false,
  local: false,
} as const satisfies Partial<Service>;
