// How is the cluster? `muster status`: where it is, its workers and jobs, and every service with what it is reached by.
import type { StatusView } from '../../services/protocol/index.ts';
import { self, writeJson, writeLine } from './output.ts';
import { homeOf } from './place.ts';
import { healthUrls } from './status/health.ts';
import { formatAgo } from './text.ts';
import { exitCodes, type Io, type Verb } from './types.ts';

async function runStatus(io: Io, json: boolean): Promise<number> {
  const [{ withClient }, { modelStatuses, serviceStatuses }, { modelsText, servicesText }] = await Promise.all([
    import('./api.ts'),
    import('./status/services.ts'),
    import('./status/text.ts'),
  ]);
  const services = await serviceStatuses(io);
  const models = await modelStatuses(services);
  const health = healthUrls(homeOf(io));
  const tell = (): void => {
    if (services.length > 0) writeLine(io, `\n${servicesText(services)}`);
    if (models.length > 0) writeLine(io, `\n${modelsText(models)}`);
  };
  // Services may have been started without the orchestrator: then nobody is missing.
  if (services.length > 0 && !services.some(({ name }) => name === 'orchestrator')) {
    if (json) writeJson(io, { url: null, services, models, health });
    else {
      writeLine(io, 'muster: the orchestrator and the workers were not started');
      tell();
      writeLine(io, '\nnext:  make up-workers');
    }
    return exitCodes.done;
  }
  try {
    return await withClient(io, async (client) => {
      const status = await client.call<StatusView>('GET', '/api/v1/status');
      if (json) {
        writeJson(io, { url: client.url, ...status, health, services, models });
        return exitCodes.done;
      }
      writeLine(io, `${client.url}   muster ${status.version}, started ${formatAgo(status.startedAt, Date.now())}`);
      writeLine(io, `workers  ${countsText(status.workers)}`);
      writeLine(io, `jobs     ${countsText(status.jobs)}`);
      for (const [worker, url] of Object.entries(health)) writeLine(io, `health   ${worker}  ${url}`);
      tell();
      writeLine(io, `${services.length > 0 ? '\n' : ''}next:  ${self} workers    ${self} jobs list    ${self} diff`);
      return exitCodes.done;
    });
  } catch (error) {
    // Whoever asks because the orchestrator is silent wants to see the rest all the more.
    if (!json) tell();
    throw error;
  }
}

/** `3 idle, 1 busy`; `none`. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).flatMap(([state, count]) => (count === 0 ? [] : [`${count} ${state}`]));
  return parts.join(', ') || 'none';
}

export const status: Verb = (program, io, exit) => {
  program
    .command('status')
    .description('is it up, and what does it do?')
    .option('--json', 'print {url, version, startedAt, jobs, workers, health, services, models} for programs')
    .addHelpText(
      'after',
      `
On Docker it lists every service with its health, the version of its image, its ports on this host (on 127.0.0.1 where
no address stands before them) and its GPUs; and the models that Ollama has.

Examples:
  muster status
  muster status --json | jq '.services[] | select(.states != ["healthy"])'`,
    )
    .action(async (options: { json?: true }) => exit(await runStatus(io, options.json === true)));
};
