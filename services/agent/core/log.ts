// What does the agent say on stdout? One JSON object a line; never a token.

export type Level = 'debug' | 'info' | 'warn' | 'error';
type Facts = Readonly<Record<string, unknown>>;
export type Log = Readonly<Record<Level, (message: string, facts?: Facts) => void>>;

const order: readonly Level[] = ['debug', 'info', 'warn', 'error'];

/** `write` gets whole lines; what lies below `from` is dropped. */
export const createLog = (write: (line: string) => void, from: Level): Log => {
  const at =
    (level: Level) =>
    (message: string, facts: Facts = {}): void => {
      if (order.indexOf(level) < order.indexOf(from)) return;
      write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...facts })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

/** One sentence out of whatever was thrown, its causes included. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const text = error.message || ('code' in error ? String(error.code) : error.name);
  return error.cause === undefined ? text : `${text}: ${reasonOf(error.cause)}`;
};
