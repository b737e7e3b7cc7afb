// Is the agent well, and what are its figures? Served on a port of its own, on loopback unless told otherwise.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Load } from '../protocol/index.ts';

export type Health = {
  readonly well: boolean;
  readonly worker: string;
  /** The folder of its program; null where that comes with an image or a build. */
  readonly release: string | null;
  readonly connected: boolean;
  readonly draining: boolean;
  readonly isolation: string;
  /** What this machine cannot enforce, one sentence each. */
  readonly limits: readonly string[];
  readonly running: number;
  readonly gpus: number;
};

/** Prometheus text (exposition format 0.0.4): names carry base units, shares go from 0 to 1. */
export const formatMetrics = (health: Health, load: Load): string => {
  const lines: string[] = [];
  const gauge = (name: string, help: string, samples: readonly (readonly [label: string, value: number | null])[]) => {
    const present = samples.filter(([, value]) => value !== null);
    if (present.length === 0) return;
    lines.push(`# HELP muster_agent_${name} ${help}`, `# TYPE muster_agent_${name} gauge`);
    for (const [label, value] of present) lines.push(`muster_agent_${name}${label} ${value}`);
  };
  const mib = 1024 * 1024;
  const byGpu = (pick: (gpu: Load['gpus'][number]) => number | null) =>
    load.gpus.map((gpu) => [`{gpu="${gpu.index}"}`, pick(gpu)] as const);
  gauge('up', 'Registered and connected, or lost for less than two minutes.', [['', health.well ? 1 : 0]]);
  gauge('jobs_running', 'Jobs that have a process.', [['', health.running]]);
  gauge('cpu_ratio', 'Busy share of all CPUs.', [['', load.cpu]]);
  gauge('memory_used_bytes', 'Memory in use.', [['', load.memoryUsedMiB * mib]]);
  gauge('memory_total_bytes', 'Memory there is.', [['', load.memoryTotalMiB * mib]]);
  gauge('swap_used_bytes', 'Swap in use.', [['', load.swapUsedMiB * mib]]);
  gauge('disk_free_bytes', 'Free space where jobs run.', [['', load.diskFreeMiB * mib]]);
  gauge(
    'gpu_utilization_ratio',
    'Busy share of a GPU.',
    byGpu((gpu) => gpu.utilization),
  );
  gauge(
    'gpu_memory_used_bytes',
    'Memory in use on a GPU.',
    byGpu((gpu) => (gpu.memoryUsedMiB === null ? null : gpu.memoryUsedMiB * mib)),
  );
  gauge(
    'gpu_temperature_celsius',
    'Temperature of a GPU.',
    byGpu((gpu) => gpu.temperatureCelsius),
  );
  return `${lines.join('\n')}\n`;
};

export type HealthSource = { health(): Health; load(): Promise<Load> };

/** Listens and answers `host:port` as it was bound. Rejects when the port is taken. */
export const serveHealth = async (
  source: HealthSource,
  host: string,
  port: number,
): Promise<{ server: Server; address: string }> => {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, async (request, response) => {
    const answer = (status: number, type: string, text: string) =>
      response.writeHead(status, { 'content-type': type }).end(text);
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET') return answer(405, 'text/plain', 'only GET\n');
    const health = source.health();
    if (path === '/health') return answer(health.well ? 200 : 503, 'application/json', `${JSON.stringify(health)}\n`);
    if (path !== '/metrics') return answer(404, 'text/plain', '/health and /metrics\n');
    return answer(200, 'text/plain; version=0.0.4; charset=utf-8', formatMetrics(health, await source.load()));
  });
  server.maxConnections = 64;
  await new Promise<void>((done, fail) => server.once('error', fail).listen(port, host, done));
  const bound = server.address() as AddressInfo;
  return { server, address: `${host.includes(':') ? `[${host}]` : host}:${bound.port}` };
};

/** Asks a running agent; true when it is well. A bare socket, since a container asks every few seconds. */
export const askHealth = (host: string, port: number, timeoutMs = 3000): Promise<boolean> =>
  new Promise((resolve) => {
    const end = (well: boolean) => {
      socket.destroy();
      resolve(well);
    };
    const socket = connect(port, host, () => socket.write('GET /health HTTP/1.0\r\n\r\n'));
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once('data', (head) => end(head.toString('latin1').startsWith('HTTP/1.1 200')));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
