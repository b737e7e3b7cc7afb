// How do Muster's own daemons start as units? With settings of their hosts, and secrets as credentials alone.
import type { Service } from '../catalog/types.ts';
import { hostOf, isLoopback, isPrivate } from '../cluster/rack.ts';
import { credentialId, downloadsFolder, ownPrograms, tlsFolder } from '../cluster/rack-paths.ts';
import type { Cluster } from '../cluster/types.ts';
import type { Surroundings } from '../configs/types.ts';
import { credentialsFolder, type UnitText } from '../formats/unit.ts';

/** What differs between units: the program, and what it is given. */
export type Start = {
  readonly program: string;
  readonly arguments: readonly UnitText[];
  readonly environment: Readonly<Record<string, UnitText>>;
  /** Paths below the secrets folder. */
  readonly credentials: readonly string[];
  /** Says itself when it is ready, and then again and again that it is well. */
  readonly watchdogSeconds: number | null;
};

const credential = (path: string): UnitText => [credentialsFolder, `/${credentialId(path)}`];

function orchestratorUrl(at: Surroundings): string {
  return `https://${at.address('orchestrator', 8080)}`;
}

/** Who listens on loopback alone is called through the proxy, if others reach that. */
function publicUrl({ environment }: Service, at: Surroundings): string {
  const isInside = isLoopback(at.bind('orchestrator'));
  return (isInside ? environment.MUSTER_PUBLIC_URL : undefined) ?? orchestratorUrl(at);
}

function orchestrator(service: Service, cluster: Cluster, at: Surroundings): Start {
  const { environment } = service;
  const { ollama } = cluster.stack;
  const nodes = ollama?.nodes.map(({ service }) => ({ node: service, url: `http://${at.address(service, 11434)}` }));
  return {
    program: ownPrograms.orchestrator,
    arguments: [],
    environment: {
      ...environment,
      MUSTER_DOWNLOADS: downloadsFolder,
      MUSTER_LISTEN: at.address('orchestrator', 8080),
      ...(nodes !== undefined && { MUSTER_OLLAMA_URLS: JSON.stringify(nodes) }),
      MUSTER_PUBLIC_URL: publicUrl(service, at),
      MUSTER_SECRETS: [credentialsFolder],
      MUSTER_STATE: at.state('orchestrator'),
      MUSTER_TLS_CERT_FILE: `${tlsFolder}/tls.crt`,
      MUSTER_TLS_KEY_FILE: `${tlsFolder}/tls.key`,
    },
    credentials: [
      ...['admin', 'authority/ca.crt', 'metrics/token'],
      ...cluster.workers.map(({ name }) => `classes/${name}/token`),
    ],
    watchdogSeconds: 30,
  };
}

/** Of a lease: a hung agent and its jobs must be gone before others get them. */
const shareOfLease = 1 / 3;
const shortestWatchdogSeconds = 5;

function agent({ environment, name }: Service, cluster: Cluster, at: Surroundings): Start {
  // Those that only a container needs.
  const { MUSTER_JOB_INHERIT: _image, SERVER_URL: _byName, ...kept } = environment;
  const token = `classes/${name}/token`;
  return {
    program: ownPrograms.agent,
    arguments: [],
    environment: {
      ...kept,
      MUSTER_CA_FILE: credential('authority/ca.crt'),
      // Several workers of one host each take a free port.
      MUSTER_HEALTH: '127.0.0.1:0',
      MUSTER_ORCHESTRATOR_URL: orchestratorUrl(at),
      MUSTER_STATE: at.state(name),
      MUSTER_TOKEN_FILE: credential(token),
    },
    credentials: ['authority/ca.crt', token],
    watchdogSeconds: Math.max(shortestWatchdogSeconds, Math.floor(cluster.orchestrator.leaseTtlSeconds * shareOfLease)),
  };
}

/** Null: it is none of ours. */
export function ownStart(service: Service, cluster: Cluster, at: Surroundings): Start | null {
  const { environment, image, name } = service;
  if (image.build?.daemon === 'agent') return agent(service, cluster, at);
  if (name === 'orchestrator') return orchestrator(service, cluster, at);
  if (name !== 'certificates') return null;
  return {
    program: ownPrograms.orchestrator,
    arguments: ['certificates'],
    environment: { ...environment, MUSTER_STATE: at.state(name) },
    credentials: [],
    watchdogSeconds: null,
  };
}

/** RFC 1918, 6598 and 4193, and link-local. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'];
const privateRanges6 = ['fc00::/7', 'fe80::/10'];

/**
 * Whom a daemon speaks to beside its own machine; null: anybody. An agent speaks to the orchestrator: jobs, which may
 * speak to others, are units of their own. Who is neither in a private network nor of the rack comes by the proxy.
 */
export function networkOf({ image, name }: Service, cluster: Cluster): readonly string[] | null {
  const place = hostOf(cluster, 'orchestrator');
  if (image.build?.daemon === 'agent') return place === undefined ? [] : [place.address];
  if (name !== 'orchestrator') return null;
  const strangers = cluster.rack.hosts.map(({ address }) => address).filter((address) => !isPrivate(address));
  return [...privateRanges, ...privateRanges6, ...strangers];
}
