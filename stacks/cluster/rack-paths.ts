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

/** Makes the units of jobs for agents, which must be in its group: services/agent/install. */
export const jobUnits = { socket: 'muster-job-units.socket', group: 'muster-jobs' } as const;

/** Empty; units that need little of the host see that alone below it. */
export const rootFolder = '/opt/muster/root';

/** What workers that join by an invitation load from the orchestrator. */
export const downloadsFolder = '/opt/muster/downloads';

export const configPath = (file: string): string => `/etc/muster/configs/${file}`;
export const secretPath = (path: string): string => `/etc/muster/secrets/${path}`;
export const statePath = (service: string): string => `/var/lib/muster/${service}`;
export const scratchPath = (service: string): string => `/run/muster/${service}`;

/** Credentials lie in one folder without folders in it. */
export const credentialId = (path: string): string => path.replaceAll('/', '_');

export const credentialPath = (service: string, path: string): string =>
  `/run/credentials/muster-${service}.service/${credentialId(path)}`;
