// Do the parts of a spec fit each other? Checks across fields; each gives findings.
import { checkNames } from './checks-names.ts';
import { checkPools } from './checks-pools.ts';
import { checkPorts } from './checks-ports.ts';
import { checkRack } from './checks-rack.ts';
import { checkServices } from './checks-services.ts';
import { orchestratorDefaults } from './defaults.ts';
import { mistake, mistakenKey } from './findings.ts';
import type { ClusterSpec, Finding, WorkerSpec } from './types.ts';
import { parseMemoryMiB, parseSeconds } from './units.ts';

/** The agents' health endpoint in a container, and the first choice of an embedded agent. */
const agentHealthPort = 50052;

/** What would steer the agent itself, not the job. */
const reservedVariables = /^(?:MUSTER_|SIMPLETUNER_)|^(?:SERVER_URL|WORKER_ID|NODE_OPTIONS)$/i;

/** A variable that holds a secret by its name; `…_FILE`, which names a file, is fine. */
const secretName =
  /(?:^|_)(?:KEY|TOKEN|AUTH)(?:_|$)|TOKEN$|APIKEY|PRIVATEKEY|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL/i;
const fileName = /_(?:FILE|PATH|DIR)$/i;

type Entry = { readonly path: readonly string[]; readonly worker: WorkerSpec };

function entries(spec: ClusterSpec): readonly Entry[] {
  const shared = spec.defaults?.worker;
  const workers = Object.entries(spec.workers ?? {}).map(([name, worker]) => ({ path: ['workers', name], worker }));
  const pools = Object.entries(spec.pools ?? {}).map(([name, { worker = {} }]) => ({
    path: ['pools', name, 'worker'],
    worker,
  }));
  const written = [...workers, ...pools];
  return shared === undefined ? written : [{ path: ['defaults', 'worker'], worker: shared }, ...written];
}

function environment({ path, worker }: Entry): readonly Finding[] {
  return Object.keys(worker.environment ?? {}).flatMap((name) => {
    const here = [...path, 'environment', name];
    if (reservedVariables.test(name)) {
      return [mistakenKey(here, `expected a variable for jobs, got one that steers the agent`, 'rename the variable')];
    }
    if (!secretName.test(name) || fileName.test(name)) return [];
    return [
      mistakenKey(
        here,
        'expected no secret here, got a name that looks like one: this text reaches generated files',
        `put the value into a file that the job reads, and name that file in ${name}_FILE`,
      ),
    ];
  });
}

function sizes(spec: ClusterSpec): readonly Finding[] {
  const least = 128;
  const at = [
    { path: ['orchestrator'], memory: spec.orchestrator?.memory },
    ...entries(spec).map(({ path, worker }) => ({ path, memory: worker.memory })),
  ];
  return at.flatMap(({ path, memory }) => {
    if (memory === undefined || (parseMemoryMiB(memory) ?? 0) >= least) return [];
    return [
      mistake([...path, 'memory'], `expected at least ${least}MiB, got "${memory}"`, `write ${least}MiB or more`),
    ];
  });
}

function orchestrator(spec: ClusterSpec): readonly Finding[] {
  const { port, heartbeat, leaseTtl } = { ...orchestratorDefaults, ...spec.orchestrator };
  const found: Finding[] = [];
  if (port === agentHealthPort) {
    found.push(
      mistake(
        ['orchestrator', 'port'],
        `expected a free port, got ${port}, which the agents' health uses`,
        'choose another port, for example 8080',
      ),
    );
  }
  const [beat = 0, ttl = 0] = [parseSeconds(heartbeat) ?? 0, parseSeconds(leaseTtl) ?? 0];
  if (beat < 1)
    found.push(mistake(['orchestrator', 'heartbeat'], `expected at least 1s, got "${heartbeat}"`, 'write 1s or more'));
  if (beat * 3 > ttl) {
    found.push(
      mistake(
        ['orchestrator', 'leaseTtl'],
        `expected at least three heartbeats (${beat * 3}s), got "${leaseTtl}"`,
        'raise leaseTtl or lower heartbeat',
      ),
    );
  }
  return found;
}

/** Everything that is wrong between fields of a spec whose fields are right one by one. */
export function crossCheck(spec: ClusterSpec): readonly Finding[] {
  return [
    ...checkNames(spec),
    ...checkPorts(spec),
    ...checkServices(spec),
    ...checkRack(spec),
    ...checkPools(spec),
    ...entries(spec).flatMap(environment),
    ...sizes(spec),
    ...orchestrator(spec),
  ];
}
