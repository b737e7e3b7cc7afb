// What do metrics say of the orchestrator itself: its build, its commits, its requests?
import type { House } from '../door.ts';
import type { Instruments } from './instruments.ts';

export type ServiceMetrics = {
  readonly batchCommitted: (rows: number, durationMs: number) => void;
  readonly requestAnswered: (route: string, method: string, status: number) => void;
  readonly show: (house: House) => void;
};

export const serviceMetrics = ({ gauge, counter, histogram }: Instruments): ServiceMetrics => {
  const build = gauge('muster_build_info', 'Always 1: which version this is, and of Node.', ['version', 'node']);
  const writable = gauge('muster_store_writable', '1 while what is decided can be committed, else 0.');
  const paused = gauge(
    'muster_expiry_paused',
    '1 while no lease expires, because too many workers fell silent at once.',
  );
  const started = gauge('process_start_time_seconds', 'When the orchestrator started, in seconds since 1970.');
  const memory = gauge('process_resident_memory_bytes', 'Resident memory of the orchestrator.');
  const requests = counter('muster_http_requests_total', 'Answered requests.', ['route', 'method', 'status']);
  const rowsPerCommit = histogram(
    'muster_commit_rows',
    'Rows in one commit.',
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
  );
  const commitSeconds = histogram(
    'muster_commit_seconds',
    'Time from the start of a commit until it is durable.',
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
  );
  return {
    batchCommitted: (rows, durationMs) => {
      rowsPerCommit({}, rows);
      commitSeconds({}, durationMs / 1000);
    },
    requestAnswered: (route, method, status) => requests({ route, method, status: String(status) }),
    show: ({ conductor, version, startedAt }) => {
      build.set({ version, node: process.versions.node }, 1);
      writable.set({}, conductor.trouble() ? 0 : 1);
      paused.set({}, conductor.state().brake ? 1 : 0);
      started.set({}, startedAt / 1000);
      memory.set({}, process.memoryUsage.rss());
    },
  };
};
