// What do the doors share? Everything they may use, handed in by the composition root.
import type { Conductor } from '../conductor.ts';
import type { Credentials } from '../credentials.ts';
import type { Blobs } from '../files/blobs.ts';
import type { Downloads } from '../files/downloads.ts';
import type { Logs } from '../files/logs.ts';
import type { ModelNodes } from '../models/nodes.ts';
import type { Observed } from '../observed.ts';
import type { WorkerClass } from '../settings.ts';
import type { Streams } from '../streams.ts';
import type { Metrics } from './metrics/index.ts';
import type { Logger } from './server.ts';

export type House = {
  readonly conductor: Conductor;
  readonly credentials: Credentials;
  readonly classes: readonly WorkerClass[];
  readonly blobs: Blobs;
  readonly logs: Logs;
  readonly downloads: Downloads;
  readonly streams: Streams;
  readonly observed: Observed;
  readonly modelNodes: ModelNodes;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Where machines reach this orchestrator from elsewhere, if it was told. */
  readonly publicUrl: string | null;
  readonly version: string;
  readonly startedAt: number;
  readonly isStopping: () => boolean;
};
