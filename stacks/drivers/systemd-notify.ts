// How does a daemon tell systemd that it is ready, alive or leaving? Through the program systemd-notify: Node cannot open
// the socket, which takes datagrams. The unit needs Type=notify and NotifyAccess=all.
import { execFile } from 'node:child_process';

export type Notices = {
  /** It does its work from now on; the watchdog is fed. */
  ready(): void;
  /** It is on its way out; the watchdog is fed until the end, for a drain may take long. */
  stopping(): void;
};

export type Told = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** One short sentence for `systemctl status`, asked again with each sign of life. */
  readonly status: () => string;
  readonly failed: (reason: string) => void;
};

const nothing: Notices = { ready() {}, stopping() {} };

/** Milliseconds between two signs of life: a third of what systemd waits. Null when it does not wait for this process. */
const everyMs = ({ env, pid }: Told): number | null => {
  const limitUs = Number(env.WATCHDOG_USEC);
  const isMine = env.WATCHDOG_PID === undefined || env.WATCHDOG_PID === String(pid);
  return Number.isSafeInteger(limitUs) && limitUs > 0 && isMine ? Math.ceil(limitUs / 3000) : null;
};

/** Does nothing where systemd did not ask to be told. The signs of life come from the event loop: one that hangs is killed. */
export const openNotices = (told: Told): Notices => {
  const { NOTIFY_SOCKET, PATH } = told.env;
  if (!NOTIFY_SOCKET) return nothing;
  const pauseMs = everyMs(told);
  let isTroubled = false;
  const send = (...words: readonly string[]): void => {
    // One line: the next one would be a notice of its own.
    const status = `STATUS=${told.status().replace(/\s+/g, ' ')}`;
    const options = { env: { NOTIFY_SOCKET, PATH }, timeout: pauseMs ?? 10_000 };
    execFile('systemd-notify', [...words, status], options, (error, _, stderr) => {
      if (error && !isTroubled) told.failed(stderr.trim() || error.message);
      isTroubled = error !== null;
    }).unref();
  };
  return {
    ready() {
      send('--ready');
      if (pauseMs !== null) setInterval(() => send('WATCHDOG=1'), pauseMs).unref();
    },
    stopping: () => send('STOPPING=1'),
  };
};
