// The agent's process: the only place that reads its arguments, environment and signals.
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { openNotices } from '../../stacks/drivers/systemd-notify.ts';
import { startAgent } from './agent.ts';
import { createClock } from './core/clock.ts';
import { createLog, reasonOf } from './core/log.ts';
import { afterEnd } from './failures/after-end.ts';
import { keepLastWords } from './failures/last-words.ts';
import { openLife } from './failures/life.ts';
import { tellLimitMs } from './failures/tell.ts';
import { listGpus } from './hardware/gpu-list.ts';
import { askHealth } from './health.ts';
import { answerOne } from './job-units/serve.ts';
import { parseSettings, type Settings } from './settings.ts';
import { serveUpdate, updateOwn } from './update/serve.ts';
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

const clock = createClock(() => readOrNull('/proc/uptime'));
const now = (): Date => new Date();

/** What is said from here on is kept, and so are bad ends: those that come unseen, and those that it is told of. */
const openNotes = (state: string, limit: number) => {
  const keep = keepLastWords(state);
  process.on('uncaughtExceptionMonitor', (error) => keep(`muster-agent: ${error.stack ?? error}\n`));
  const boot = readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  const life = openLife({ state, limit, clock, now, boot });
  // Whoever ends it so, wishes it: such as an agent that makes room for a newer one.
  process.on('exit', (code) => {
    if (code === 0) life.leave();
  });
  const giveUp = (reason: string, exitCode: number): void => {
    complain(reason);
    keep(`muster-agent: ${reason}\n`);
    void life.giveUp(reason).then(() => process.exit(exitCode));
  };
  return { keep, life, giveUp };
};

type Notes = ReturnType<typeof openNotes>;

const runAgent = async (settings: Settings, warnings: readonly string[], notes: Notes): Promise<void> => {
  if (process.pid === 1) {
    complain(
      'refusing to run as process 1, where ended children of jobs would stay as zombies\n' +
        '   → docker run --init …, or "init: true" in a compose file',
    );
    process.exit(exitCodes.environment);
  }
  // Whoever reads our lines may go before us; jobs must not end for that.
  process.stdout.on('error', () => {});
  const spoken = (line: string): void => {
    say(line);
    notes.keep(line);
  };
  const log = createLog(spoken, settings.verbose ? 'debug' : 'info');
  for (const warning of warnings) log.warn(warning);
  const state = resolve(settings.state);
  const host = {
    ...{ env: process.env, hostname: hostname(), availableCpus: availableParallelism(), arch: process.arch },
    ...{ clock, random: Math.random, log, life: notes.life },
  };
  const early = (): never => {
    notes.life.leave();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, early);
  const agent = await startAgent({ ...settings, state }, host);
  const notices = openNotices({
    ...{ env: process.env, pid: process.pid, status: agent.status },
    failed: (reason) => log.warn('systemd could not be told', { reason }),
  });
  notices.ready();
  agent.ended.catch((error: unknown) => {
    void agent.stop().then(() => notes.giveUp(reasonOf(error), exitCodes.notInvited));
  });
  let asked = 0;
  const stop = (signal: string) => {
    asked++;
    notes.life.leave();
    log.info(asked === 1 ? 'stopping' : 'stopping now', { signal, drainSeconds: settings.drainSeconds });
    // Whatever hangs, the process ends two seconds later than it should.
    const longestSeconds = settings.drainSeconds + settings.reportSeconds + 2;
    if (asked === 1) setTimeout(() => process.exit(0), longestSeconds * 1000);
    void agent.stop().then(() => process.exit(0));
    notices.stopping();
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.off(signal, early).on(signal, stop);
};

/** Whoever watches the unit counts such an end, and tells these lines. */
const rememberProblems = (problems: readonly string[]): void => {
  const place = parseSettings(['ended'], process.env);
  if (place.kind === 'ended')
    keepLastWords(resolve(place.state))(problems.map((each) => `muster-agent: ${each}\n`).join(''));
};

const words = process.argv.slice(2);
const [own] = words;
const asides = ['job-units', 'gpus', 'update', 'update-own'] as const;
const aside = asides.find((word) => word === own);
const parsed = aside ? ({ kind: aside } as const) : parseSettings(words, process.env);
switch (parsed.kind) {
  case 'help':
    say(usage);
    break;
  case 'version':
    say(`${version}\n`);
    break;
  case 'problems':
    for (const problem of parsed.problems) complain(problem);
    rememberProblems(parsed.problems);
    process.exitCode = exitCodes.badSettings;
    break;
  case 'ended':
    // Whatever hangs, it does not hold up who waits for it.
    setTimeout(() => process.exit(0), tellLimitMs + 500).unref();
    void afterEnd({ state: resolve(parsed.state), limit: parsed.limit, end: process.env, now }).finally(() =>
      process.exit(0),
    );
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
  case 'gpus':
    void listGpus(words[1] ?? 'auto', process.env.PATH ?? '').then(({ lines, troubles }) => {
      for (const trouble of troubles) complain(trouble);
      say(lines);
    });
    break;
  case 'update':
    void serveUpdate(words[1] ?? '', process.stdin, process.stdout).then((isWell) => process.exit(isWell ? 0 : 1));
    break;
  case 'update-own':
    void updateOwn(words.slice(1)).then((isWell) => process.exit(isWell ? 0 : 1));
    break;
  case 'job-units':
    void answerOne(words[1] ?? '', process.stdin).then((answer) => {
      process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
    });
    break;
  case 'run': {
    const { maxRestartAttempts, state } = parsed.settings;
    const notes = openNotes(resolve(state), maxRestartAttempts);
    runAgent(parsed.settings, parsed.warnings, notes).catch((error: unknown) =>
      notes.giveUp(reasonOf(error), exitCodes.failed),
    );
  }
}
