// How does Google Cloud answer a rented machine? Metadata for who asks with its header, and services behind a token.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Call } from './cloud-fakes.ts';
import type { FakeGroup } from './cloud-fakes-group.ts';
import type { LogLine } from './cloud-fakes-logs.ts';

export type GcpMachine = { readonly instance: string; readonly script: string; readonly group: FakeGroup };

type Answer = { readonly status: number; readonly value: unknown };

export const project = 'my-project';
export const gcpRegion = 'europe-west1';
const zone = `${gcpRegion}-b`;
const number = '1234567890123456789';

const refused = (status: number, message: string): Answer => ({ status, value: { error: { code: status, message } } });

/** As the service words it: versions have a size too, and JSON promises no order. */
const sized = (name: string, targetSize: number) => ({
  ...{ name, targetSize, status: {} },
  versions: [{ targetSize: { calculated: targetSize } }],
});

export class FakeGcp {
  /** By the address from which a machine asks. */
  readonly machines = new Map<string, GcpMachine>();
  /** By `projects/P/secrets/S`. */
  readonly secrets = new Map<string, string>();
  readonly lines: LogLine[] = [];
  readonly calls: Call[] = [];
  readonly accessToken = `ya29.${randomBytes(30).toString('base64url')}`;
  #server: Server | null = null;

  async listen(host: string): Promise<number> {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request.setEncoding('utf8')) body += part;
      const machine = this.machines.get((request.socket.remoteAddress ?? '').replace('::ffff:', ''));
      const { status, value } = machine === undefined ? refused(404, '') : this.#answer(request, machine, body);
      response.writeHead(status).end(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
    });
    this.#server = server;
    await new Promise<void>((done, fail) => server.once('error', fail).listen(0, host, done));
    return (server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #answer(request: IncomingMessage, machine: GcpMachine, body: string): Answer {
    const [, metadata] = /^\/computeMetadata\/v1\/(.*)$/.exec(request.url ?? '') ?? [];
    if (metadata !== undefined) return this.#metadata(request, machine, metadata);
    const [what, answer] =
      request.headers.authorization === `Bearer ${this.accessToken}`
        ? this.#service(request, machine, body)
        : (['a call without the token', refused(401, 'no token')] as const);
    if (what !== null) this.calls.push({ from: machine.instance, what, status: answer.status });
    return answer;
  }

  #metadata({ headers }: IncomingMessage, { group, instance, script }: GcpMachine, path: string): Answer {
    if (headers['metadata-flavor'] !== 'Google') return refused(403, 'Metadata-Flavor');
    const values: Readonly<Record<string, unknown>> = {
      'instance/name': instance,
      'instance/id': number,
      'instance/zone': `projects/123456789012/zones/${zone}`,
      'instance/attributes/created-by': `projects/123456789012/regions/${gcpRegion}/instanceGroupManagers/${group.name}`,
      'instance/attributes/startup-script': script,
      'instance/service-accounts/default/token': {
        ...{ access_token: this.accessToken, expires_in: 3599, token_type: 'Bearer' },
      },
      'project/project-id': project,
    };
    return values[path] === undefined ? refused(404, path) : { status: 200, value: values[path] };
  }

  #service({ method, url = '' }: IncomingMessage, machine: GcpMachine, body: string): readonly [string | null, Answer] {
    if (method === 'POST' && url === '/v2/entries:write') return [null, this.#write(machine, body)];
    const [, secret] = /^\/v1\/(projects\/[^/]+\/secrets\/[^/]+)\/versions\/latest:access$/.exec(url) ?? [];
    if (secret !== undefined) {
      const value = this.secrets.get(secret);
      const name = `${secret}/versions/1`;
      const data = Buffer.from(value ?? '').toString('base64');
      return [
        `access ${secret}`,
        value === undefined ? refused(404, secret) : { status: 200, value: { name, payload: { data } } },
      ];
    }
    const { group, instance } = machine;
    const path = `/compute/v1/projects/${project}/regions/${gcpRegion}/instanceGroupManagers/${group.name}`;
    if (method === 'GET' && url === path) return ['get', { status: 200, value: sized(group.name, group.desired) }];
    if (method !== 'POST' || url !== `${path}/deleteInstances`) return [`${method} ${url}`, refused(404, url)];
    const { instances } = JSON.parse(body) as { readonly instances: readonly string[] };
    if (instances.join() !== `zones/${zone}/instances/${instance}`)
      return ['deleteInstances', refused(403, 'not itself')];
    // It knows no minimum: whoever asks must have looked.
    if (group.machine(instance) !== undefined) {
      group.desired--;
      group.end(instance);
    }
    return ['deleteInstances', { status: 200, value: { kind: 'compute#operation', status: 'PENDING' } }];
  }

  /** Refuses what is not said as the machine itself. */
  #write({ instance }: GcpMachine, body: string): Answer {
    const { logName, resource, labels, entries } = JSON.parse(body);
    const own = { type: 'gce_instance', labels: { instance_id: number, zone, project_id: project } };
    if (!isDeepStrictEqual(resource, own) || labels.instance !== instance) return refused(403, 'not itself');
    for (const { textPayload: text } of entries) this.lines.push({ log: logName, from: instance, text });
    return { status: 200, value: {} };
  }
}
