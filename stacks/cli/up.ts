// How does the cluster come up? `muster up`: on Docker where an engine answers, else embedded; a second run changes nothing.
import { join } from 'node:path';
import { writeJson } from './output.ts';
import { homeOf, rememberUrl, wantedCluster } from './place.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

type Options = { readonly embedded?: true; readonly json?: true; readonly timeout: string };

async function runUp(io: Io, options: Options): Promise<number> {
  const limitMs = Number(options.timeout) * 1000;
  if (!(limitMs > 0)) throw new Failure(exitCodes.badInput, `--timeout: expected seconds, got ${options.timeout}`);
  const [
    { withLock },
    { chooseForm },
    { createReport },
    { waitUntilReady },
    { troubleOf },
    { adminKeyFile, readSecret },
  ] = await Promise.all([
    import('../drivers/lock.ts'),
    import('./up/form.ts'),
    import('./up/report.ts'),
    import('./up/ready.ts'),
    import('./up/trouble.ts'),
    import('../drivers/secrets.ts'),
  ]);
  const cluster = await wantedCluster(io);
  const home = homeOf(io);
  const waiting = (pid: number) => io.stderr.write(`muster: another up or down runs (pid ${pid}); waiting for it\n`);
  return withLock(join(home, 'run', 'lock'), waiting, async () => {
    const startedAt = performance.now();
    const form = await chooseForm(io, home, options.embedded === true);
    const report = createReport(io, cluster.name, form, options.json === true);
    const { started, stopped, url } =
      form.kind === 'docker'
        ? await (await import('./up/docker.ts')).startOnDocker(io, form.engine.docker, home, cluster, report.say)
        : await (await import('./up/embedded.ts')).startEmbedded(io, home, cluster, report.say);
    rememberUrl(home, url);
    const workers = await waitUntilReady(cluster, {
      url,
      key: readSecret(adminKeyFile(home)) ?? '',
      limitMs,
      onWait: (what) => report.say('waiting', `for ${what}`),
      trouble: () => troubleOf(io, home, form),
      remedy: form.kind === 'docker' ? 'docker compose ps; docker compose logs' : `look into ${join(home, 'logs')}`,
    });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (started.length > 0) report.say('started', `${started.join(' ')}  idle after ${seconds} s`);
    if (stopped.length > 0) report.say('stopped', stopped.join(' '));
    report.end(workers, url);
    if (options.json) writeJson(io, { name: cluster.name, form: form.kind, url, started, stopped, workers });
    return exitCodes.done;
  });
}

export const up: Verb = (program, io, exit) => {
  program
    .command('up')
    .alias('up-workers')
    .description('start the cluster of cluster.yaml, or bring the running one in line with it')
    .option('--embedded', 'as local processes, also where a Docker engine answers')
    .option('--timeout <SECONDS>', 'how long the workers may take to get ready', '90')
    .option('--json', 'print {name, form, url, started, stopped, workers} for programs')
    .addHelpText(
      'after',
      `
Without a Docker engine it starts embedded by itself and says so. MUSTER_PORT names another port, MUSTER_HOME another
folder than .muster. Ctrl-C at any time is safe: the next up goes on from there.

Examples:
  muster up
  MUSTER_PORT=8081 muster up --embedded`,
    )
    .action(async (options: Options) => exit(await runUp(io, options)));
};
