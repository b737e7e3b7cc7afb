// Which cluster rents machines in a test? A real orchestrator with TLS, and what it tells those of a pool.
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView, WorkerList } from '../../services/protocol/index.ts';
import type { CloudName } from '../../stacks/cluster/types.ts';
import { rentedWorkers } from '../../stacks/configs/user-data/rented.ts';
import type { WorkerBoot } from '../../stacks/configs/user-data/worker.ts';
import { type Bench, startOrchestrator, temporaryFolder } from '../services/orchestrator/support/orchestrator.ts';
import { pairIn, testAuthority } from './certificates.ts';
import { agentName, copyDownloads } from './cloud-fakes-downloads.ts';
import { machineAddress } from './hosts-lab.ts';
import { clusterOf } from './specs.ts';

const authority = await testAuthority('rented');
const pool = 'small';
const worker = 'max: 3, worker: { labels: { size: small } }';
const specOf: Readonly<Record<CloudName, string>> = {
  aws: `
name: lab
pools: { ${pool}: { provider: aws, region: eu-west-1, ${worker} } }
clouds: { aws: { orchestrator: { by: control-plane } } }
`,
  gcp: `
name: lab
pools: { ${pool}: { provider: gcp, region: europe-west1, min: 1, spot: { onDemandBase: 1 }, ${worker} } }
clouds: { gcp: { project: my-project, orchestrator: { by: control-plane } } }
`,
};

export type Orchestrated = {
  readonly token: string;
  /** What user data of a machine of the pool says, but for the times. */
  readonly boot: WorkerBoot;
  readonly orchestrator: () => Bench;
  /** The same one, after a while without. */
  readonly restarted: () => Promise<void>;
};

/** On this machine, where hosts of the lab reach it. */
export const orchestrating = async (t: TestContext, cloud: CloudName): Promise<Orchestrated> => {
  const folder = temporaryFolder(t);
  const { env: tls, put } = pairIn(folder);
  put(await authority.issue(['localhost', machineAddress]));
  const classes = [{ name: pool, maxReplicas: 3, labels: { size: 'small' } }];
  const env = {
    ...{ ...tls, MUSTER_LISTEN: `${machineAddress}:0`, MUSTER_DOWNLOADS: join(folder, 'downloads') },
    // A job without an orchestrator must outlast the limits of the tests.
    MUSTER_LEASE_TTL_SECONDS: '120',
  };
  const sums = await copyDownloads(env.MUSTER_DOWNLOADS);
  let bench = await startOrchestrator(t, { classes, env, folder, ca: authority.ca });
  const [written] = rentedWorkers(clusterOf(specOf[cloud]), {
    installerSha256: sums['install.sh'] ?? '',
    agentSha256: sums[agentName] ?? '',
    authority: authority.ca,
  });
  const { url } = bench.running;
  return {
    ...{ token: bench.classSecret(pool), boot: { ...(written as WorkerBoot), url } },
    orchestrator: () => bench,
    restarted: async () => {
      bench = await bench.restart({ env: { ...env, MUSTER_LISTEN: new URL(url).host } });
    },
  };
};

export const workersOf = async ({ orchestrator }: Orchestrated) =>
  ((await orchestrator().admin.get('/api/v1/workers')).json as WorkerList).workers;

/** Polls until it is so. */
export async function until(what: string, seconds: number, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(100);
  }
}

export const joined = (rented: Orchestrated, count: number): Promise<void> =>
  until(
    `${count} workers`,
    60,
    async () => (await workersOf(rented)).filter(({ state }) => state === 'idle').length === count,
  );

export async function ran(rented: Orchestrated, command: readonly string[]): Promise<JobView> {
  const { json } = await rented.orchestrator().admin.post('/api/v1/jobs', { command });
  let job: JobView = json;
  await until('the job has ended', 60, async () => {
    job = (await rented.orchestrator().admin.get(`/api/v1/jobs/${json.id}`)).json;
    return job.finishedAt !== null;
  });
  return job;
}
