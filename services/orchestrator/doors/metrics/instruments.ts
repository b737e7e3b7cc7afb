// Which instruments can a scrape show? The only file that knows Prometheus's client.
import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';

export type Labels = Readonly<Record<string, string>>;

/** Set at each scrape; `reset` forgets every series. */
export type Dial = { readonly set: (labels: Labels, value: number) => void; readonly reset: () => void };
export type Tally = (labels: Labels, by?: number) => void;
export type Spread = (labels: Labels, value: number) => void;

export type Instruments = {
  readonly gauge: (name: string, help: string, labelNames?: readonly string[]) => Dial;
  readonly counter: (name: string, help: string, labelNames?: readonly string[]) => Tally;
  readonly histogram: (
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames?: readonly string[],
  ) => Spread;
  /** The text of a scrape, in Prometheus's format 0.0.4. */
  readonly text: () => Promise<string>;
};

/** Two labels that differ in a lone surrogate only would be one on the wire, and the whole scrape be refused. */
const wellFormed = (labels: Labels): Labels => {
  const entries = Object.entries(labels);
  return entries.every(([, value]) => value.isWellFormed())
    ? labels
    : Object.fromEntries(entries.map(([name, value]) => [name, value.toWellFormed()]));
};

export const createInstruments = (): Instruments => {
  const registry = new Registry();
  const registers = [registry];
  return {
    gauge: (name, help, labelNames = []) => {
      const gauge = new Gauge({ name, help, labelNames, registers });
      return { set: (labels, value) => gauge.set(wellFormed(labels), value), reset: () => gauge.reset() };
    },
    counter: (name, help, labelNames = []) => {
      const counter = new Counter({ name, help, labelNames, registers });
      return (labels, by = 1) => counter.inc(labels, by);
    },
    histogram: (name, help, buckets, labelNames = []) => {
      const histogram = new Histogram({ name, help, labelNames, buckets: [...buckets], registers });
      return (labels, value) => histogram.observe(labels, value);
    },
    text: () => registry.metrics(),
  };
};
