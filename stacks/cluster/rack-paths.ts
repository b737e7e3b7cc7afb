// Where does everything lie on a host of the rack? Paths that units, configs and whoever installs them share.

/** Beside Muster's own programs: what the system's packages bring, and what lies in folders of Muster. */
export const rackPrograms: Readonly<Record<string, string>> = {
  alertmanager: '/usr/bin/prometheus-alertmanager',
  dask: '/opt/muster/venv/dask/bin/dask',
  nginx: '/usr/sbin/nginx',
  ollama: '/opt/muster/bin/ollama',
  'open-webui': '/opt/muster/venv/open-webui/bin/open-webui',
  prometheus: '/usr/bin/prometheus',
};

export const ownPrograms = {
  agent: '/opt/muster/bin/muster-agent',
  orchestrator: '/opt/muster/bin/muster-orchestrator',
} as const;

/** The private network of a rack: its device, the unit that makes it, and what the unit loads. */
export const wireguard = {
  device: 'muster0',
  unit: 'muster-wireguard.service',
  secret: (host: string): string => `wireguard/${host}`,
} as const;

/** Makes the units of jobs for agents, which must be in its group: services/agent/install. */
export const jobUnits = { socket: 'muster-job-units.socket', group: 'muster-jobs' } as const;

/** Empty; units that need little of the host see that alone below it. */
export const rootFolder = '/opt/muster/root';

/** What workers that join by an invitation load from the orchestrator. */
export const downloadsFolder = '/opt/muster/downloads';

/** Backups of the orchestrator's state, each in a folder of its own. */
export const backupFolder = '/var/lib/muster/backup';

/**
 * The certificate of the orchestrator as it reads it. Credentials are copied once, at the start of a unit; what is put
 * here anew counts without one.
 */
export const tlsFolder = '/run/muster/tls';

export const configPath = (file: string): string => `/etc/muster/configs/${file}`;
export const secretPath = (path: string): string => `/etc/muster/secrets/${path}`;
export const statePath = (service: string): string => `/var/lib/muster/${service}`;
export const scratchPath = (service: string): string => `/run/muster/${service}`;

/** Credentials lie in one folder without folders in it. */
export const credentialId = (path: string): string => path.replaceAll('/', '_');

export const credentialPath = (service: string, path: string): string =>
  `/run/credentials/muster-${service}.service/${credentialId(path)}`;
