// Which certificate does the orchestrator show, and how does it get a new one without a restart?
import type { Logger } from '../doors/server.ts';
import { readPair, type TlsFiles } from './pair.ts';
import { type SecureServers, secureServers } from './server.ts';
import { versionOf, watchFiles } from './watch.ts';

export type Tls = Pick<SecureServers, 'create' | 'cutOpening'> & {
  /** Follows the files from now on, and says what came of it; gives what stops it. */
  readonly follow: (log: Logger) => () => void;
};

/** Throws every problem with the files, a line each. */
export const openTls = (files: TlsFiles): Tls => {
  const version = versionOf(files);
  const { pair, problems } = readPair(files);
  if (pair === null) throw new Error(problems.join('\n'));
  const servers = secureServers(pair);
  let until = pair.until;

  const say = (log: Logger): void => {
    const facts = { file: files.certificateFile, until };
    if (until.getTime() > Date.now()) log.info(facts, 'new connections get this certificate');
    else log.error(facts, 'the certificate has ended, clients refuse it: put another one there, no restart is needed');
  };
  const change = (log: Logger): void => {
    const { pair: next, problems } = readPair(files);
    if (next === null) {
      log.error({ problems, until }, 'the new certificate is not taken, the one before goes on');
      return;
    }
    servers.change(next);
    until = next.until;
    say(log);
  };
  return {
    create: servers.create,
    cutOpening: servers.cutOpening,
    follow: (log) => {
      say(log);
      return watchFiles(files, version, () => change(log));
    },
  };
};
