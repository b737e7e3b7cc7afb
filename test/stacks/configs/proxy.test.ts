// Does every configuration of the proxy keep the rules NGX1 to NGX11? Read back as nginx reads it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { services } from '../../../stacks/catalog/index.ts';
import { proxy } from '../../../stacks/configs/proxy.ts';
import { type NginxNode, parseNginx } from '../../../stacks/formats/nginx-tokens.ts';
import type { Cluster } from '../../../stacks/index.ts';
import { proxySpecs, surroundingsIn } from '../../support/proxy-specs.ts';
import { clusterOf } from '../../support/specs.ts';

const kinds = ['containers', 'processes'] as const;
type Document = {
  readonly cluster: Cluster;
  readonly kind: (typeof kinds)[number];
  readonly root: readonly NginxNode[];
};

const documents: readonly Document[] = proxySpecs.flatMap((spec) =>
  kinds.map((kind) => {
    const cluster = clusterOf(spec);
    const files = proxy.render(cluster, surroundingsIn('/x', kind));
    return { cluster, kind, root: parseNginx(files.find(({ path }) => path === 'proxy/nginx.conf')?.text ?? '') };
  }),
);

/** Every directive with the blocks that it stands in, outermost first. */
function* walk(
  nodes: readonly NginxNode[],
  above: readonly NginxNode[] = [],
): Generator<readonly [NginxNode, readonly NginxNode[]]> {
  for (const node of nodes) {
    yield [node, above];
    yield* walk(node.block ?? [], [...above, node]);
  }
}

const named = (nodes: readonly NginxNode[], name: string): readonly (readonly string[])[] =>
  nodes.filter(({ words }) => words[0] === name).map(({ words }) => words.slice(1));
const inside = (root: readonly NginxNode[], name: string): readonly NginxNode[] =>
  root.find(({ words }) => words[0] === name)?.block ?? [];
const servers = (root: readonly NginxNode[]): readonly (readonly NginxNode[])[] =>
  inside(root, 'http').flatMap(({ block, words }) => (words[0] === 'server' && block !== null ? [block] : []));
const listens = (server: readonly NginxNode[], port: number): boolean =>
  named(server, 'listen').some(([address]) => address === String(port) || address?.endsWith(`:${port}`));
const mainOf = (root: readonly NginxNode[]): readonly NginxNode[] =>
  servers(root).find((server) => listens(server, 8443) && !named(server, 'server_name').flat().includes('_')) ?? [];

const rules: Readonly<Record<string, (document: Document) => void>> = {
  'NGX1: TLS 1.2 and 1.3 with AEAD ciphers, no tickets, no version': ({ root }) => {
    const http = inside(root, 'http');
    const once = (name: string) => named(http, name);
    assert.deepEqual(once('ssl_protocols'), [['TLSv1.2', 'TLSv1.3']]);
    assert.deepEqual([once('ssl_session_tickets'), once('server_tokens')], [[['off']], [['off']]]);
    const [[ciphers = '']] = once('ssl_ciphers') as [[string]];
    for (const cipher of ciphers.split(':'))
      assert.match(cipher, /^ECDHE-(ECDSA|RSA)-(AES\d+-GCM-SHA\d+|CHACHA20-POLY1305)$/);
    assert.equal([...walk(root)].filter(([{ words }]) => /^ssl_(protocols|ciphers)$/.test(words[0] ?? '')).length, 2);
  },
  'NGX1: without TLS there is a 308 to TLS, on the port that is published': ({ cluster, root }) => {
    const { hosts, httpsPort } = cluster.stack.proxy as NonNullable<Cluster['stack']['proxy']>;
    const [plain] = servers(root).filter(
      (server) => listens(server, 8081) && !named(server, 'server_name').flat().includes('_'),
    );
    assert.deepEqual(named(plain ?? [], 'server_name'), [hosts]);
    const port = httpsPort === 443 ? '' : `:${httpsPort}`;
    const [location] = (plain ?? []).filter(({ words }) => words.join(' ') === 'location /');
    assert.deepEqual(named(location?.block ?? [], 'return'), [['308', `https://\${host}${port}\${request_uri}`]]);
  },
  'NGX2: strangers get 421 over TLS and nothing without it': ({ root }) => {
    const answers = servers(root)
      .filter((server) => named(server, 'listen').flat().includes('default_server'))
      .map((server) => named(server, 'return')[0]?.[0]);
    assert.deepEqual(answers, ['444', '421']);
  },
  'NGX2: the host is fixed and what is forwarded is overwritten': ({ root }) => {
    const headers = new Map(named(mainOf(root), 'proxy_set_header').map(([name = '', value = '']) => [name, value]));
    assert.match(headers.get('Host') ?? '', /^\$(host|\{host\}:\d+)$/);
    assert.equal(headers.get('X-Forwarded-For'), '$remote_addr');
    for (const [node, above] of walk(root))
      assert.doesNotMatch(node.words.join(' '), /\$(http_host|proxy_add_x_forwarded_for)/, String(above));
  },
  'NGX3: slow clients are cut, many requests and large bodies refused': ({ root }) => {
    const http = inside(root, 'http');
    for (const name of ['client_header_timeout', 'client_body_timeout', 'send_timeout'])
      assert.deepEqual(named(http, name), [['10s']]);
    assert.deepEqual(
      [named(http, 'reset_timedout_connection'), named(http, 'limit_req_status'), named(http, 'limit_conn_status')],
      [[['on']], [['429']], [['429']]],
    );
    assert.deepEqual([named(mainOf(root), 'limit_req').length, named(mainOf(root), 'limit_conn').length], [1, 1]);
    const endless = [...walk(root)]
      .filter(([{ words }]) => words.join(' ') === 'client_max_body_size 0')
      .map(([, above]) => above.at(-1)?.words.join(' '));
    assert.deepEqual(
      endless.filter((place) => place !== 'server'),
      ['location ^~ /muster/api/v1/agent/', 'location ^~ /muster/api/v1/blobs/'],
    );
  },
  'NGX4: every dashboard asks for the password': ({ root }) => {
    for (const { block, words } of mainOf(root)) {
      if (words[0] !== 'location' || !/^\/muster\/(prometheus|alertmanager|grafana|dask|)\/?$/.test(words.at(-1) ?? ''))
        continue;
      const redirects = named(block ?? [], 'return')[0]?.[0];
      if (redirects === undefined) assert.equal(named(block ?? [], 'auth_basic_user_file').length, 1, words.join(' '));
    }
  },
  'NGX5: Ollama by a list, behind a key': ({ cluster, root }) => {
    const [location] = mainOf(root).filter(({ words }) => words.at(-1) === '/muster/ollama/');
    assert.equal(location === undefined, cluster.stack.ollama === null);
    if (location === undefined) return;
    const passing = [...walk(location.block ?? [])].filter(([{ words }]) => words[0] === 'proxy_pass');
    assert.equal(passing.length, 1);
    const [pattern] = passing[0]?.[1].map(({ words }) => words.at(-1) ?? '') ?? [];
    assert.doesNotMatch(pattern ?? 'pull', /pull|push|create|copy|delete|blobs/);
    assert.equal([...walk(location.block ?? [])].filter(([{ words }]) => words[0] === 'if').length, 2);
  },
  'NGX6: nothing is held back on its way': ({ root }) => {
    const http = inside(root, 'http');
    assert.deepEqual(
      ['proxy_http_version', 'proxy_buffering', 'proxy_request_buffering', 'gzip', 'proxy_read_timeout'].map((name) =>
        named(http, name),
      ),
      [[['1.1']], [['off']], [['off']], [['off']], [['1h']]],
    );
  },
  'NGX7: what was sent is sent twice only to Ollama, and only calls that change nothing': ({ root }) => {
    for (const [{ words }, above] of walk(root)) {
      if (words[0] === 'proxy_next_upstream' && words.includes('non_idempotent'))
        assert.equal(
          above.at(-1)?.words.join(' '),
          'location ~ ^/(?:api/(?:chat|generate|embed|embeddings|show)|v1/.*)$',
        );
    }
  },
  'NGX8: a level with headers of its own repeats the whole set': ({ root }) => {
    const set = named(mainOf(root), 'add_header');
    assert.equal(set.length, 4);
    for (const [node] of walk(mainOf(root))) {
      const own = named(node.block ?? [], 'add_header');
      if (own.length > 0) assert.deepEqual(own.slice(0, set.length), set, node.words.join(' '));
      for (const words of own) assert.equal(words[2], 'always');
    }
  },
  'NGX9: requests go to addresses of this file only; folders end in slashes': ({ cluster, kind, root }) => {
    const known = services(cluster).map(({ name }) => name);
    for (const [{ words }, above] of walk(root)) {
      if (words[0] === 'proxy_pass') {
        const [, target = ''] = words;
        const [address = target] =
          kind === 'containers' && target === `http://\${service}`
            ? named(above.at(-1)?.block ?? [], 'set').map(([, value]) => `http://${value}`)
            : [];
        assert.match(
          address,
          kind === 'containers' ? /^http:\/\/[a-z0-9.-]+:\d+$/ : /^http:\/\/(127\.0\.0\.1:\d+|ollama)$/,
        );
        const [, host = ''] = /^http:\/\/([^:]+):/.exec(address) ?? [];
        if (kind === 'containers') assert.ok(host === '127.0.0.1' || host === 'ollama' || known.includes(host), host);
      }
      if (words[0] === 'alias')
        assert.deepEqual([words[1]?.endsWith('/'), above.at(-1)?.words.at(-1)?.endsWith('/')], [true, true]);
      if (words[0] === 'set') assert.doesNotMatch(words[2] ?? '', /\$/);
    }
  },
  'NGX10: there are two connections for each agent': ({ cluster, root }) => {
    const [[connections]] = named(inside(root, 'events'), 'worker_connections') as [[string]];
    const agents = cluster.workers.reduce((sum, { maxReplicas }) => sum + maxReplicas, 0);
    assert.ok(Number(connections) >= 2 * agents);
    assert.ok(Number(named(root, 'worker_rlimit_nofile')[0]?.[0]) >= 2 * Number(connections));
  },
  'the catalog publishes the ports that nginx listens on, and nothing else': ({ cluster, root }) => {
    const service = services(cluster).find(({ name }) => name === 'proxy');
    assert.deepEqual(
      service?.ports.map(({ container }) => container),
      [8081, 8443],
    );
    const listened = servers(root).flatMap((server) =>
      named(server, 'listen').map(([address = '']) => Number(address.split(':').at(-1))),
    );
    assert.deepEqual(
      [...new Set(listened)].sort(),
      [...(cluster.stack.ollama === null ? [] : [11434]), 8081, 8082, 8443].sort(),
    );
  },
  'a local process that is not public listens on loopback only': ({ cluster, kind, root }) => {
    if (kind === 'containers') return;
    for (const server of servers(root)) {
      const open = cluster.stack.proxy?.public && (listens(server, 8081) || listens(server, 8443));
      if (!open) for (const [address] of named(server, 'listen')) assert.match(address ?? '', /^127\.0\.0\.1:/);
    }
  },
  'names are asked for again in containers, and nowhere else': ({ kind, root }) => {
    assert.deepEqual(
      named(inside(root, 'http'), 'resolver'),
      kind === 'containers' ? [['127.0.0.11', 'valid=2s', 'ipv6=off']] : [],
    );
  },
};

for (const [name, rule] of Object.entries(rules)) {
  test(name, () => {
    assert.equal(documents.length, 120);
    for (const document of documents) rule(document);
  });
}

test('a title is text on the page of links', () => {
  const cluster = clusterOf(proxySpecs[2] as string);
  const files = proxy.render(cluster, surroundingsIn('/x', 'containers'));
  const page = files.find(({ path }) => path === 'proxy/index.html')?.text ?? '';
  assert.match(page, /<li><a href="\/">Tom &amp; Jerry; #1: chat<\/a><\/li>/);
});

test('without a proxy there are no files of it', () => {
  assert.deepEqual(proxy.render(clusterOf('name: a'), surroundingsIn('/x', 'containers')), []);
});
