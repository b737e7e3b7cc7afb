// The agent's process: the only place that reads its arguments, environment and signals.
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { openNotices } from '../../stacks/drivers/systemd-notify.ts';
import { startAgent } from './agent.ts';
import { createClock } from './core/clock.ts';
import { createLog, reasonOf } from './core/log.ts';
import { askHealth } from './health.ts';
import { answerOne } from './job-units/serve.ts';
import { parseSettings, type Settings } from './settings.ts';
import { usage } from './usage.ts';
import { version } from './version.ts';

const exitCodes = { failed: 1, badSettings: 2, environment: 3, notInvited: 4 } as const;

const say = (text: string): void => void process.stdout.write(text);
const complain = (text: string): void => void process.stderr.write(`muster-agent: ${text}\n`);

const readOrNull = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** With port 0 the agent wrote where it listens; null when it did not. */
const healthAddress = ({ host, port }: Settings['health'], state: string): { host: string; port: number } | null => {
  if (port !== 0) return { host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port };
  const address = readOrNull(join(state, 'health'))?.trim();
  if (!address) return null;
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
};

const runAgent = async (settings: Settings, warnings: readonly string[]): Promise<void> => {
  if (process.pid === 1) {
    complain(
      'refusing to run as process 1, where ended children of jobs would stay as zombies\n' +
        '   → docker run --init …, or "init: true" in a compose file',
    );
    process.exit(exitCodes.environment);
  }
  // Whoever reads our lines may go before us; jobs must not end for that.
  process.stdout.on('error', () => {});
  const log = createLog(say, settings.verbose ? 'debug' : 'info');
  for (const warning of warnings) log.warn(warning);
  const state = resolve(settings.state);
  const host = {
    ...{ env: process.env, hostname: hostname(), availableCpus: availableParallelism(), arch: process.arch },
    ...{ clock: createClock(() => readOrNull('/proc/uptime')), random: Math.random, log },
  };
  const agent = await startAgent({ ...settings, state }, host);
  const notices = openNotices({
    ...{ env: process.env, pid: process.pid, status: agent.status },
    failed: (reason) => log.warn('systemd could not be told', { reason }),
  });
  notices.ready();
  agent.ended.catch((error: unknown) => {
    complain(reasonOf(error));
    void agent.stop().then(() => process.exit(exitCodes.notInvited));
  });
  let asked = 0;
  const stop = (signal: string) => {
    asked++;
    log.info(asked === 1 ? 'stopping' : 'stopping now', { signal, drainSeconds: settings.drainSeconds });
    // Whatever hangs, the process ends two seconds later than it should.
    const longestSeconds = settings.drainSeconds + settings.reportSeconds + 2;
    if (asked === 1) setTimeout(() => process.exit(0), longestSeconds * 1000);
    void agent.stop().then(() => process.exit(0));
    notices.stopping();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};

const words = process.argv.slice(2);
const parsed = words[0] === 'job-units' ? ({ kind: words[0] } as const) : parseSettings(words, process.env);
switch (parsed.kind) {
  case 'help':
    say(usage);
    break;
  case 'version':
    say(`${version}\n`);
    break;
  case 'problems':
    for (const problem of parsed.problems) complain(problem);
    process.exitCode = exitCodes.badSettings;
    break;
  case 'health': {
    const address = healthAddress(parsed.health, parsed.state);
    if (address === null) {
      complain(`no agent has been started on ${parsed.state}`);
      process.exitCode = exitCodes.failed;
      break;
    }
    // No await at the top level: the bundle is CommonJS.
    void askHealth(address.host, address.port).then((well) => {
      process.exitCode = well ? 0 : exitCodes.failed;
    });
    break;
  }
  case 'job-units':
    void answerOne(words[1] ?? '', process.stdin).then((answer) => {
      process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
    });
    break;
  case 'run':
    runAgent(parsed.settings, parsed.warnings).catch((error: unknown) => {
      complain(reasonOf(error));
      process.exit(exitCodes.failed);
    });
}
