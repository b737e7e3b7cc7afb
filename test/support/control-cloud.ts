// What does a control plane meet in place of a cloud? Its metadata, its secret store and its bucket, all on one port.
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ControlFile } from '../../infra/inputs.ts';
import { signatureTrouble } from './cloud-fakes-signature.ts';

const region = 'eu-west-1';
const keys = { id: 'ASIAFAKEFAKEFAKEFAKE', secret: 'key-of-the-role', session: 'session-of-the-role' };
const session = 'session-of-metadata';
const bearer = 'token-of-the-account';

/** What it holds; a test may change it meanwhile. */
export type Held = {
  readonly bucket: string;
  /** By its name on each cloud. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly files: readonly ControlFile[];
};

type Asked = { readonly request: IncomingMessage; readonly url: string; readonly body: string };
/** A status with its reason, a value as JSON, a text, or the path of a file. */
type Answer = { readonly status: number } | { readonly json: unknown } | { readonly text: string } | ControlFile;

const refused: Answer = { status: 403 };
const absent: Answer = { status: 404 };

function awsMetadata({ request: { headers, method }, url }: Asked): Answer {
  if (url === '/latest/api/token') {
    return method === 'PUT' && headers['x-aws-ec2-metadata-token-ttl-seconds'] ? { text: session } : refused;
  }
  if (headers['x-aws-ec2-metadata-token'] !== session) return refused;
  const roles = '/latest/meta-data/iam/security-credentials/';
  if (url === roles) return { text: 'control-role' };
  if (url !== `${roles}control-role`) return absent;
  return { json: { AccessKeyId: keys.id, SecretAccessKey: keys.secret, Token: keys.session } };
}

function googleMetadata({ request: { headers }, url }: Asked): Answer {
  if (headers['metadata-flavor'] !== 'Google') return refused;
  return url.endsWith('/instance/service-accounts/default/token') ? { json: { access_token: bearer } } : absent;
}

const isSigned = ({ request: { headers, method = '' }, url, body }: Asked, service: string): boolean =>
  signatureTrouble({ method, url, headers, body }, keys, { region, service }) === null;

const objectOf = ({ files }: Held, name: string): Answer => files.find((file) => file.name === name) ?? absent;

function answerOf(held: Held, asked: Asked): Answer {
  const { request, url, body } = asked;
  if (url.startsWith('/latest/')) return awsMetadata(asked);
  if (url.startsWith('/computeMetadata/')) return googleMetadata(asked);
  if (request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
    const texts = held.secrets[JSON.parse(body).SecretId];
    if (!isSigned(asked, 'secretsmanager')) return refused;
    return texts === undefined ? absent : { json: { SecretString: JSON.stringify(texts) } };
  }
  if (url.startsWith(`/${held.bucket}/`)) {
    return isSigned(asked, 's3') ? objectOf(held, url.slice(held.bucket.length + 2)) : refused;
  }
  if (request.headers.authorization !== `Bearer ${bearer}`) return refused;
  const [, secret = ''] = /^\/v1\/(.+)\/versions\/latest:access$/.exec(url) ?? [];
  const texts = held.secrets[secret];
  if (texts !== undefined) {
    return { json: { payload: { data: Buffer.from(JSON.stringify(texts)).toString('base64') } } };
  }
  const [, bucket, name = ''] = /^\/storage\/v1\/b\/([^/]+)\/o\/([^/?]+)\?alt=media$/.exec(url) ?? [];
  return bucket === held.bucket ? objectOf(held, name) : absent;
}

async function serve(held: Held, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  const answer = answerOf(held, { request, url: request.url ?? '', body });
  if ('path' in answer) createReadStream(answer.path).pipe(response);
  else if ('json' in answer) response.end(JSON.stringify(answer.json));
  else if ('text' in answer) response.end(answer.text);
  else response.writeHead(answer.status).end();
}

export class ControlCloud {
  held: Held;
  readonly #server = createServer((request, response) => {
    serve(this.held, request, response).catch((error: Error) => response.destroy(error));
  });

  constructor(held: Held) {
    this.held = held;
  }

  /** On every address of this machine; gives its port. */
  async listen(): Promise<number> {
    await new Promise<void>((done, fail) => this.#server.once('error', fail).listen(0, '0.0.0.0', done));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
