// What is an alert made of, and from which figures on is something a trouble?

export type Alert = {
  /** Its name is also its headline in docs/runbooks.md. */
  readonly name: string;
  /** PromQL; every series that it gives is one trouble. */
  readonly expr: string;
  /** How long it must have lasted. */
  readonly forSeconds: number;
  /** `critical`: now; `warning`: today; `none`: it always fires, and its silence is the trouble. */
  readonly severity: 'critical' | 'warning' | 'none';
  /** Both may name labels of the series, as in `{{ $labels.worker }}`. */
  readonly summary: string;
  readonly description: string;
};

const minutes = 60;
const gibibyte = 1024 ** 3;

/** From which figures on. Changed here, they change in rules, texts and tests alike. */
export const thresholds = {
  commitSeconds: 0.25,
  commitForSeconds: 10 * minutes,
  expiryForSeconds: 5 * minutes,
  queueBusyForSeconds: 15 * minutes,
  longestWaitSeconds: 60 * minutes,
  misfitForSeconds: 5 * minutes,
  failuresWindowSeconds: 15 * minutes,
  mostFailures: 10,
  lossesWindowSeconds: 10 * minutes,
  offlineForSeconds: 3 * minutes,
  gpuCelsius: 85,
  gpuForSeconds: 5 * minutes,
  freeDiskBytes: 5 * gibibyte,
  diskForSeconds: 10 * minutes,
  downForSeconds: 1 * minutes,
  modelsForSeconds: 60 * minutes,
  daskForSeconds: 5 * minutes,
  spilledBytes: 1 * gibibyte,
} as const;

/** Whether it ran within a day: what was never started is not missing. */
export const wasUp = (series: string): string => `max_over_time(${series}[1d]) == 1`;
