// How is the cluster? `muster status`: where it is, how many workers and jobs are in which state.
import type { StatusView } from '../../services/protocol/index.ts';
import { self, writeJson, writeLine } from './output.ts';
import { homeOf } from './place.ts';
import { healthUrls } from './status/health.ts';
import { formatAgo } from './text.ts';
import { exitCodes, type Io, type Verb } from './types.ts';

async function runStatus(io: Io, json: boolean): Promise<number> {
  const { withClient } = await import('./api.ts');
  return withClient(io, async (client) => {
    const status = await client.call<StatusView>('GET', '/api/v1/status');
    const health = healthUrls(homeOf(io));
    if (json) {
      writeJson(io, { url: client.url, ...status, health });
      return exitCodes.done;
    }
    writeLine(io, `${client.url}   muster ${status.version}, started ${formatAgo(status.startedAt, Date.now())}`);
    writeLine(io, `workers  ${countsText(status.workers)}`);
    writeLine(io, `jobs     ${countsText(status.jobs)}`);
    for (const [worker, url] of Object.entries(health)) writeLine(io, `health   ${worker}  ${url}`);
    writeLine(io, `next:  ${self} workers    ${self} jobs list`);
    return exitCodes.done;
  });
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
    .option('--json', 'print {url, version, startedAt, jobs, workers, health} for programs')
    .action(async (options: { json?: true }) => exit(await runStatus(io, options.json === true)));
};
