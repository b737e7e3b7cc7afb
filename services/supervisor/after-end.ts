// What does a daemon want to have done when it ended unasked? It is told how, in the words that systemd has for it.
import { execFile } from 'node:child_process';

/** As ExecStopPost= has them (systemd.exec(5)); none where nobody saw the end. */
export type End = Readonly<Partial<Record<'SERVICE_RESULT' | 'EXIT_CODE' | 'EXIT_STATUS', string>>>;

export function endOf(code: number | null, by: string | null): End {
  if (by !== null) {
    // The signals that ask to stop are no failure, as systemd sees it.
    const isWish = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGPIPE'].includes(by);
    return { SERVICE_RESULT: isWish ? 'success' : 'signal', EXIT_CODE: 'killed', EXIT_STATUS: by.slice('SIG'.length) };
  }
  return { SERVICE_RESULT: code === 0 ? 'success' : 'exit-code', EXIT_CODE: 'exited', EXIT_STATUS: String(code) };
}

const limitMs = 10_000;

/** Calls `done` once, whatever comes of it. The answer calls it off. */
export function afterEnd(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  done: () => void,
): () => void {
  let next = done;
  const process = execFile(program, args, { env, timeout: limitMs, killSignal: 'SIGKILL' }, () => next());
  return () => {
    next = () => {};
    process.kill('SIGKILL');
  };
}
