// How did the agent end, in words? From what systemd tells ExecStopPost= (systemd.exec(5), $SERVICE_RESULT).

export type End = Readonly<Partial<Record<'SERVICE_RESULT' | 'EXIT_CODE' | 'EXIT_STATUS', string>>>;

const words: Readonly<Record<string, string>> = {
  watchdog: 'it hung and was killed',
  'oom-kill': 'it was killed for lack of memory',
  timeout: 'it did not start or stop in time',
  protocol: 'it ended before it was ready',
};

/** Null for a good end. */
export const badEnd = ({ SERVICE_RESULT: result, EXIT_CODE: code, EXIT_STATUS: status }: End): string | null => {
  if (result === 'success') return null;
  const known = words[result ?? ''];
  if (known !== undefined) return known;
  if (code === 'exited') return `it ended with exit code ${status}`;
  // A kill for lack of memory looks the same where cgroups of version 1 are.
  if (status === 'KILL') return 'it was killed, by hand or for lack of memory';
  return status === undefined ? 'it ended without a word' : `it was ended by SIG${status}`;
};
