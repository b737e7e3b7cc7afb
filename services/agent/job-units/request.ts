// What may an agent ask about the unit of a job? Everything else is refused; nothing here is trusted before it is checked.

export type StartRequest = {
  readonly op: 'start';
  readonly attempt: string;
  /** 0: no limit, as for the other two. */
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly seconds: number;
  /** Device files of the leased GPUs below /dev. */
  readonly devices: readonly string[];
};
/** `term` tells all processes to end; `end` kills what is left, gives the folder back and answers how it ended. */
export type Request = StartRequest | { readonly op: 'term' | 'end'; readonly attempt: string };

/** How the first process ended, or why it never began. */
export type End = {
  /** systemd's word: success, exit-code, signal, core-dump, oom-kill, timeout, resources, … */
  readonly result: string;
  /** `exited`, `killed` or `dumped`; null when it never ran. */
  readonly code: string | null;
  /** Exit code, or the signal's name without SIG. */
  readonly status: string;
  readonly outOfMemoryKills: number;
};
export type Answer = { readonly refused: string } | { readonly end: End | null };

export const mostRequestBytes = 8192;

const fields = {
  start: ['op', 'attempt', 'memoryMiB', 'cpus', 'seconds', 'devices'],
  term: ['op', 'attempt'],
  end: ['op', 'attempt'],
} as const;

/** As the agent's own markers: `<job>.<epoch>.<number>`. No slash, no leading dot, nothing that a shell would read. */
const attemptPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.[0-9]{1,15}\.[0-9]{1,15}$/;
const devicePattern = /^(nvidia|dri\/renderD)[0-9]{1,4}$/;
const most = { memoryMiB: 16_777_216, cpus: 1024, seconds: 32_000_000, devices: 64 } as const;

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 100);

/** The request in one line of JSON, or one sentence why it is none. */
export const parseRequest = (line: string): Request | { readonly refused: string } => {
  const refuse = (what: string, expected: string, found: unknown) => ({
    refused: `${what}: expected ${expected}, got ${shown(found)}`,
  });
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(line);
  } catch {
    return refuse('request', 'one line of JSON', line);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('request', 'an object', value);
  const { op, attempt } = value;
  if (op !== 'start' && op !== 'term' && op !== 'end') return refuse('op', 'start, term or end', op);
  const strange = Object.keys(value).find((name) => !(fields[op] as readonly string[]).includes(name));
  if (strange !== undefined) return refuse('request', `only ${fields[op].join(', ')}`, strange);
  if (typeof attempt !== 'string' || !attemptPattern.test(attempt))
    return refuse('attempt', 'the name of an attempt', attempt);
  if (op !== 'start') return { op, attempt };

  const { memoryMiB, cpus, seconds, devices } = value;
  for (const [name, number] of Object.entries({ memoryMiB, cpus, seconds })) {
    const limit = most[name as keyof typeof most];
    const fits = typeof number === 'number' && number >= 0 && number <= limit;
    if (!fits || (name !== 'cpus' && !Number.isInteger(number)))
      return refuse(name, `a number from 0 to ${limit}`, number);
  }
  if (!Array.isArray(devices) || devices.length > most.devices)
    return refuse('devices', `a list of at most ${most.devices}`, devices);
  const wrong = devices.find((device) => typeof device !== 'string' || !devicePattern.test(device));
  if (wrong !== undefined) return refuse('devices', 'device files of GPUs, such as nvidia0 or dri/renderD128', wrong);
  return { op, attempt, memoryMiB, cpus, seconds, devices } as StartRequest;
};

/** Reads the four lines that the unit leaves when it ends; null when they are not whole. */
export const parseEnd = (text: string): End | null => {
  const [result = '', code = '', status = '', kills = ''] = text.split('\n');
  if (!/^[a-z-]+$/.test(result) || !/^\d+$/.test(kills)) return null;
  return { result, code: code || null, status, outOfMemoryKills: Number(kills) };
};
