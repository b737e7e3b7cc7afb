// How does the engine of a manager look to our verbs? Its API on a unix socket: nodes, tasks, and what was asked of it.
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';

export type Asked = { readonly method: string; readonly url: string; readonly body: unknown };

export type FakeNode = {
  readonly name: string;
  role: string;
  availability: string;
  state: string;
  labels: Record<string, string>;
};

export class FakeSwarm {
  readonly asked: Asked[] = [];
  readonly host: string;
  readonly nodes: FakeNode[];
  /** How many tasks each node still has; one ends at each look once the node is drained. */
  readonly tasks = new Map<string, number>();
  isManager = true;
  private readonly server: Server;

  static async start(folder: string, nodes: readonly FakeNode[]): Promise<FakeSwarm> {
    const fake = new FakeSwarm(join(folder, 'engine.sock'), nodes);
    await new Promise<void>((resolve) => fake.server.listen(fake.host.slice('unix://'.length), resolve));
    return fake;
  }

  private constructor(socket: string, nodes: readonly FakeNode[]) {
    this.host = `unix://${socket}`;
    this.nodes = [...nodes];
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const asked = {
          method: request.method ?? '',
          url: request.url ?? '',
          body: text === '' ? null : JSON.parse(text),
        };
        this.asked.push(asked);
        const [status, body] = this.answer(asked);
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
  }

  private answer({ body, method, url }: Asked): readonly [number, unknown] {
    const { pathname, searchParams } = new URL(url.replace(/^\/v[\d.]+/, ''), 'http://engine');
    if (pathname === '/version') return [200, { ApiVersion: '1.44', Version: '29.0.0' }];
    if (pathname === '/info') {
      const Swarm = { LocalNodeState: 'active', ControlAvailable: this.isManager, NodeID: 'id-node1' };
      return [200, { ServerVersion: '29.0.0', Swarm }];
    }
    if (pathname === '/nodes') return [200, this.nodes.map(raw)];
    if (pathname === '/swarm') return [200, { JoinTokens: { Worker: 'worker-token', Manager: 'manager-token' } }];
    if (pathname === '/tasks')
      return [200, this.tasksOf(JSON.parse(searchParams.get('filters') ?? '{}').node?.[0] ?? '')];
    if (pathname === '/secrets/create') return [201, { ID: 'new' }];
    const node = this.nodes.find(
      ({ name }) => pathname === `/nodes/id-${name}/update` || pathname === `/nodes/id-${name}`,
    );
    if (node === undefined) return [404, { message: `no ${method} ${pathname}` }];
    if (method === 'DELETE') return node.state === 'down' ? [200, null] : [400, { message: 'node is not down' }];
    const { Availability, Labels, Role } = body as {
      Availability: string;
      Labels: Record<string, string>;
      Role: string;
    };
    Object.assign(node, { availability: Availability, labels: Labels, role: Role });
    return [200, null];
  }

  private tasksOf(id: string): readonly unknown[] {
    const left = this.tasks.get(id) ?? 0;
    const drained = this.nodes.find(({ name }) => `id-${name}` === id)?.availability === 'drain';
    if (drained && left > 0) this.tasks.set(id, left - 1);
    return Array.from({ length: left }, (_, index) => ({
      ID: `t${index}`,
      ServiceID: 's',
      NodeID: id,
      DesiredState: 'running',
      Status: { State: 'running', Timestamp: '2026-01-01T00:00:00Z' },
      Spec: {},
    }));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function raw({ availability, labels, name, role, state }: FakeNode): unknown {
  return {
    ID: `id-${name}`,
    Version: { Index: 7 },
    Spec: { Role: role, Availability: availability, Labels: labels },
    Description: {
      Hostname: name,
      Resources: { NanoCPUs: 4e9, MemoryBytes: 8 * 1024 ** 3 },
      Engine: { EngineVersion: '29.0.0' },
    },
    Status: { State: state, Addr: '192.0.2.1' },
    ...(role === 'manager' && { ManagerStatus: { Leader: name === 'node1', Reachability: 'reachable' } }),
  };
}
