// What does `muster-orchestrator` do? The composition root: the only reader of the environment and the arguments.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Settings } from './settings.ts';
import type { StoreFailure as Failure } from './store/index.ts';
import type { ThreadData } from './store/thread.ts';

const usage = `muster-orchestrator: takes jobs, gives them to workers

  muster-orchestrator            serve on MUSTER_LISTEN
  muster-orchestrator secrets    make the secrets that are missing under MUSTER_SECRETS
  muster-orchestrator certificates    get and renew a certificate from an ACME authority; certificates-health: exit 0 when it is fresh
  muster-orchestrator health     exit 0 when the one on MUSTER_LISTEN is alive, else 1
  muster-orchestrator backup --to FOLDER    copy the state while it works; backup --help
  muster-orchestrator restore FOLDER        make a backup the state; restore --help
  muster-orchestrator tls FOLDER            put certificate and key there, when they fit each other
  muster-orchestrator --version | --help

  MUSTER_LISTEN (127.0.0.1:8080)  MUSTER_STATE (/var/lib/muster)  MUSTER_SECRETS (/run/muster/secrets)
  MUSTER_TLS_CERT_FILE  MUSTER_TLS_KEY_FILE (both, PEM): HTTPS on MUSTER_LISTEN; read again when they change
  MUSTER_CLASSES (JSON: [{"name", "maxReplicas", "labels"}])  MUSTER_LOG_LEVEL (info)
  MUSTER_DOWNLOADS (folder with SHA256SUMS): what machines that are invited install; without, what an admin brings
  MUSTER_PUBLIC_URL: where they reach it
  MUSTER_SECRET_FILES (JSON: [{"kind", "path", …}]): what secrets makes, as in compose.yaml
  MUSTER_OLLAMA_URLS (JSON: [{"node", "url"}]): Ollama servers whose state /metrics shows
  MUSTER_ACME_DIRECTORY  MUSTER_ACME_EMAIL  MUSTER_ACME_HOSTS (with commas between)  MUSTER_ACME_RETRY_SECONDS (60)
  MUSTER_HEARTBEAT_SECONDS (30)  MUSTER_LEASE_TTL_SECONDS (120)  MUSTER_GRACE_SECONDS (15)
  MUSTER_ACCEPT_SECONDS (10)  MUSTER_BACKOFF_BASE_SECONDS (1)
`;

const exitCodes = { settings: 2, environment: 3, untrusted: 5, locked: 6 } as const;

const fail = (code: number, ...lines: readonly string[]): never => {
  for (const line of lines) process.stderr.write(`muster-orchestrator: ${line}\n`);
  process.exit(code);
};

// Each command loads only what it needs: the healthcheck stays cheap, the store's thread small.
const main = async (command: string | undefined): Promise<void> => {
  if (command === '--help') return void process.stdout.write(usage);
  if (command === '--version') return void process.stdout.write(`${(await import('./version.ts')).version}\n`);
  const { parseSettings } = await import('./settings.ts');
  const { settings, problems } = parseSettings(process.env);
  if (!settings) return fail(exitCodes.settings, ...problems);
  if (command === 'health') {
    const { isHealthy } = await import('./health.ts');
    process.exitCode = (await isHealthy(settings)) ? 0 : 1;
  } else if (command === 'secrets') {
    const { makeSecrets, parseSecretFiles } = await import('./secrets.ts');
    const { files, problems } = parseSecretFiles(process.env);
    if (!files) return fail(exitCodes.settings, ...problems);
    try {
      for (const line of await makeSecrets(settings.secretsFolder, files)) process.stdout.write(`${line}\n`);
    } catch (error) {
      fail(exitCodes.environment, (error as Error).message);
    }
  } else if (command === 'certificates' || command === 'certificates-health') {
    const certificates = await import('./certificates/index.ts');
    if (command === 'certificates-health') process.exit(certificates.isHealthy(settings.stateFolder) ? 0 : 1);
    const told = certificates.parseCertificateSettings(process.env);
    if (!told.settings) return fail(exitCodes.settings, ...told.problems);
    await certificates.runCertificates(told.settings);
    process.exit(0);
  } else if (command === 'tls') {
    const [folder] = process.argv.slice(3);
    if (!settings.tls || folder === undefined)
      return fail(exitCodes.settings, 'tls: expected a FOLDER, MUSTER_TLS_CERT_FILE and MUSTER_TLS_KEY_FILE');
    const problems = (await import('./tls/hand-over.ts')).handOver(settings.tls, folder);
    if (problems.length > 0) fail(exitCodes.environment, ...problems);
  } else if (command === 'backup' || command === 'restore') {
    const { runBackup, runRestore } = await import('./backup/index.ts');
    const { code, err, out } = await (command === 'backup' ? runBackup : runRestore)(process.argv.slice(3), settings);
    process.stdout.write(out);
    for (const line of err) process.stderr.write(`muster-orchestrator: ${line}\n`);
    process.exitCode = code;
  } else if (command === undefined) {
    await run(settings);
  } else fail(exitCodes.settings, `there is no command ${JSON.stringify(command)}; see muster-orchestrator --help`);
};

/** The longest a stop may take before the process ends without it. */
const stopMs = 5_000;

const run = async (settings: Settings): Promise<void> => {
  const { serve } = await import('./serve.ts');
  const { StoreFailure } = await import('./store/index.ts');
  const { openNotices } = await import('../../stacks/drivers/systemd-notify.ts');
  process.umask(0o077);
  const exitCodeOf = ({ kind }: Failure): number =>
    kind === 'locked' || kind === 'untrusted' ? exitCodes[kind] : exitCodes.environment;
  const lost = (failure: Failure): void => fail(exitCodeOf(failure), failure.message);
  try {
    const running = await serve(settings, process.argv[1] as string, lost);
    running.house.log.info({ url: running.url, version: running.house.version }, 'listening');
    const { env, pid } = process;
    const status = (): string => (running.house.isStopping() ? 'stopping' : `listening on ${running.url}`);
    const failed = (reason: string): void => running.house.log.warn({ reason }, 'systemd could not be told');
    const notices = openNotices({ env, pid, status, failed });
    notices.ready();
    const stop = (): void => {
      setTimeout(() => process.exit(1), stopMs).unref();
      running.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
      notices.stopping();
    };
    process.once('SIGTERM', stop).once('SIGINT', stop);
  } catch (error) {
    fail(
      error instanceof StoreFailure ? exitCodeOf(error) : exitCodes.environment,
      ...(error as Error).message.split('\n'),
    );
  }
};

if (isMainThread) void main(process.argv[2]);
else if ((workerData as ThreadData).role === 'muster-store' && parentPort) {
  const port = parentPort;
  void import('./store/thread.ts').then(({ serveStore }) => serveStore(port, (workerData as ThreadData).folder));
}
