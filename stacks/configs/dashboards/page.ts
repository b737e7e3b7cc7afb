// What is a dashboard made of, in no tool's words?

export type Query = {
  /** PromQL. */
  readonly expr: string;
  /** How its series are named, as in `{{worker}}`. */
  readonly legend: string;
};

/** Grafana's own names. */
export type Unit = 'short' | 's' | 'bytes' | 'Bps' | 'percentunit' | 'celsius' | 'cpm' | 'ops' | 'reqps';

export type Panel = {
  /** `areas` are stacked: their sum means something. */
  readonly kind: 'number' | 'lines' | 'areas';
  readonly title: string;
  /** What one sees, and what would be wrong; one or two sentences. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
};

export type Page = {
  /** Part of its address: never changed. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
};

/** Of counters, for each second. Grafana puts in a time that always holds several scrapes. */
export const rate = (series: string): string => `rate(${series}[$__rate_interval])`;

export const perMinute = (by: string, series: string): string => `60 * sum by (${by}) (${rate(series)})`;

/** Half of all, and all but one in twenty, took no longer. */
export function quantiles(histogram: string, by?: string): readonly Query[] {
  const kept = by === undefined ? 'le' : `le, ${by}`;
  const prefix = by === undefined ? '' : `{{${by}}} `;
  return [0.5, 0.95].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (${kept}) (${rate(`${histogram}_bucket`)}))`,
    legend: `${prefix}${quantile * 100} %`,
  }));
}
