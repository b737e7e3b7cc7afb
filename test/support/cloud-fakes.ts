// How does AWS answer a rented machine? Metadata behind tokens (IMDSv2), its services behind signatures.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeGroup } from './cloud-fakes-group.ts';
import { FakeLogs } from './cloud-fakes-logs.ts';
import { type Keys, signatureTrouble } from './cloud-fakes-signature.ts';

export type AwsMachine = {
  /** `i-…` */
  readonly instance: string;
  readonly userData: string;
  readonly group: FakeGroup;
  /** It is prepared for a warm pool. */
  readonly isWarming?: true;
};

export type Call = { readonly from: string; readonly what: string; readonly status: number };

type Answer = { readonly status: number; readonly text: string };

export const region = 'eu-west-1';
const role = 'muster-worker';

const error = (code: string, message: string): Answer => ({
  status: 400,
  text: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text;
};

/** A tree of metadata: what a path says, with names of branches ending in `/`; null where there is nothing. */
function leaf(tree: unknown, path: string): string | null {
  let at = tree;
  for (const name of path.split('/').filter(Boolean)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return null;
    at = (at as Record<string, unknown>)[name];
  }
  if (typeof at === 'string') return at;
  return Object.entries(at as object)
    .map(([name, below]) => (typeof below === 'string' ? name : `${name}/`))
    .join('\n');
}

export class FakeAws {
  /** By the address from which a machine asks. */
  readonly machines = new Map<string, AwsMachine>();
  readonly secrets = new Map<string, string>();
  readonly logs = new FakeLogs();
  /** It takes what it is asked, and says nothing. */
  isSilent = false;
  readonly calls: Call[] = [];
  readonly keys: Keys = {
    id: 'ASIAFAKEFAKEFAKEFAKE',
    secret: randomBytes(30).toString('base64'),
    session: randomBytes(60).toString('base64'),
  };
  readonly #sessions = new Set<string>();
  #server: Server | null = null;

  /** Serves metadata and services on one port, which it gives back. */
  async listen(host: string): Promise<number> {
    const server = createServer(async (request, response) => {
      if (this.isSilent) return;
      const from = (request.socket.remoteAddress ?? '').replace('::ffff:', '');
      const { status, text } = this.#answer(request, from, await bodyOf(request));
      response.writeHead(status, { 'content-type': 'text/plain', 'x-aws-ec2-metadata-token-ttl-seconds': '300' });
      response.end(text);
    });
    this.#server = server;
    await new Promise<void>((done, fail) => server.once('error', fail).listen(0, host, done));
    return (server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #answer(request: IncomingMessage, from: string, body: string): Answer {
    const machine = this.machines.get(from);
    if (machine === undefined) return { status: 404, text: '' };
    const url = request.url ?? '/';
    const isService = request.method === 'POST' && url === '/';
    const [what, answer] = isService ? this.#service(request, machine, body) : this.#metadata(request, machine, url);
    if (what !== null) this.calls.push({ from: machine.instance, what, status: answer.status });
    return answer;
  }

  #metadata(request: IncomingMessage, machine: AwsMachine, url: string): readonly [string | null, Answer] {
    if (url === '/latest/api/token') {
      if (request.method !== 'PUT' || !(Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds']) > 0))
        return ['token without a lifetime', { status: 400, text: '' }];
      const session = randomBytes(20).toString('base64url');
      this.#sessions.add(session);
      return [null, { status: 200, text: session }];
    }
    if (!this.#sessions.has(String(request.headers['x-aws-ec2-metadata-token'])))
      return [`metadata without a token: ${url}`, { status: 401, text: '' }];
    const path = url.replace(/^\/(latest|\d{4}-\d\d-\d\d)\//, '');
    const text = leaf(this.#treeOf(machine), path);
    return [path === 'user-data' ? path : null, text === null ? { status: 404, text: '' } : { status: 200, text }];
  }

  #treeOf({ group, instance, isWarming, userData }: AwsMachine): unknown {
    const { id, secret, session } = this.keys;
    const credentials = { AccessKeyId: id, SecretAccessKey: secret, Token: session, Code: 'Success' };
    const isEnding = group.machine(instance)?.state === 'ending';
    const target = isEnding ? 'Terminated' : isWarming ? 'Warmed:Stopped' : 'InService';
    return {
      'user-data': userData,
      'meta-data': {
        'ami-id': 'ami-0a1b2c3d4e5f60718',
        ...{ 'instance-id': instance, 'instance-type': 'g5.xlarge', 'local-hostname': `ip-${instance}` },
        placement: { 'availability-zone': `${region}a`, region },
        iam: { 'security-credentials': { [role]: JSON.stringify(credentials, null, 2) } },
        autoscaling: { 'target-lifecycle-state': target },
      },
      dynamic: {
        'instance-identity': { document: JSON.stringify({ instanceId: instance, region, version: '2017-09-30' }) },
      },
    };
  }

  #service(request: IncomingMessage, machine: AwsMachine, body: string): readonly [string | null, Answer] {
    const target = request.headers['x-amz-target'];
    const [, logged] = /^Logs_20140328\.(\w+)$/.exec(String(target)) ?? [];
    const service = target === undefined ? 'autoscaling' : logged !== undefined ? 'logs' : 'secretsmanager';
    const signed = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    const trouble = signatureTrouble(signed, this.keys, { region, service });
    if (trouble !== null) return [`${service}: ${trouble}`, { status: 403, text: trouble }];
    if (target === 'secretsmanager.GetSecretValue') {
      const { SecretId } = JSON.parse(body) as { SecretId: string };
      const value = this.secrets.get(SecretId);
      const answer =
        value === undefined
          ? { status: 400, text: '{"__type":"ResourceNotFoundException"}' }
          : { status: 200, text: JSON.stringify({ ARN: 'arn', Name: SecretId, SecretString: value }) };
      return [`GetSecretValue ${SecretId}`, answer];
    }
    if (logged !== undefined) return [null, this.logs.answer(logged, body)];
    const words = new URLSearchParams(body);
    return this.#scaling(machine, words);
  }

  #scaling({ group, instance }: AwsMachine, words: URLSearchParams): readonly [string, Answer] {
    const done = { status: 200, text: '<Response/>' };
    const action = words.get('Action') ?? '';
    if (words.get('InstanceId') !== instance) return [action, error('AccessDenied', 'not itself')];
    if (action === 'CompleteLifecycleAction') {
      const hook = words.get('LifecycleHookName') ?? '';
      const state = { 'muster-launch': 'launching', 'muster-terminate': 'ending' }[hook];
      const found = group.machine(instance);
      if (words.get('AutoScalingGroupName') !== group.name || found === undefined || found.state !== state)
        return [`${action} ${hook}`, error('ValidationError', 'No active Lifecycle Action found')];
      if (hook === 'muster-launch') found.state = 'in service';
      else group.end(instance);
      return [`${action} ${hook}`, done];
    }
    if (action !== 'TerminateInstanceInAutoScalingGroup') return [action, error('InvalidAction', action)];
    if (words.get('ShouldDecrementDesiredCapacity') !== 'true') {
      group.lose(instance);
      return [`${action} without decrement`, done];
    }
    const refusal = `Currently, desiredSize equals minSize (${group.min}). Terminating instance without replacement will violate group's min size constraint.`;
    return [action, group.giveBack(instance) ? done : error('ValidationError', refusal)];
  }
}
