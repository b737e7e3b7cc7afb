// Which services and secrets does a proxy bring, and who sees them?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretFiles, services } from '../../../stacks/catalog/index.ts';
import { clusterOf } from '../../support/specs.ts';

const local = 'name: home\nservices: { ollama: true, proxy: true }';
const files = 'name: home\nservices: { proxy: { tls: { certificate: certs/a.pem, key: /etc/a.key } } }';
const acme =
  'name: home\nservices: { proxy: { hosts: [b.example.org, a.example.org], public: true, tls: { acme: { email: a@example.org } } } }';

const serviceOf = (spec: string, wanted: string) => services(clusterOf(spec)).find(({ name }) => name === wanted);
const pathsOf = (spec: string): readonly string[] =>
  secretFiles(clusterOf(spec)).map(({ kind, path }) => `${kind} ${path}`);

test('a local certificate has an authority; passwords and keys come before what follows from them', () => {
  assert.deepEqual(pathsOf(local), [
    'token admin',
    'token metrics/token',
    'authority authority/ca',
    'certificate proxy/tls',
    'password proxy/password',
    'htpasswd proxy/htpasswd',
    'token ollama/key',
    'bearer-map proxy/ollama-keys',
  ]);
});

test('given files are copied, and then there is no authority', () => {
  const given = secretFiles(clusterOf(files)).filter(({ kind }) => kind === 'given');
  assert.deepEqual(given, [
    { kind: 'given', path: 'proxy/tls.crt', source: 'certs/a.pem' },
    { kind: 'given', path: 'proxy/tls.key', source: '/etc/a.key' },
  ]);
  assert.deepEqual(
    pathsOf(files).filter((path) => /authority|certificate|ollama/.test(path)),
    [],
  );
});

test('with ACME a daemon orders for all hosts, and shares one volume with the proxy alone', () => {
  assert.equal(serviceOf(local, 'certificates'), undefined);
  const daemon = serviceOf(acme, 'certificates');
  assert.deepEqual(daemon?.environment, {
    MUSTER_ACME_DIRECTORY: 'https://acme-v02.api.letsencrypt.org/directory',
    MUSTER_ACME_EMAIL: 'a@example.org',
    MUSTER_ACME_HOSTS: 'b.example.org,a.example.org',
    MUSTER_STATE: '/var/lib/muster',
  });
  assert.deepEqual([daemon?.networks, daemon?.secrets], [['egress'], []]);
  const sharing = services(clusterOf(acme)).filter(({ state }) => state.some(({ name }) => name === 'certificates'));
  assert.deepEqual(
    sharing.map(({ name }) => name),
    ['certificates', 'proxy', 'secrets'],
  );
});

test('the proxy sees its own secrets only, waits for nobody else, and is public only where the spec says so', () => {
  const proxy = serviceOf(local, 'proxy');
  assert.deepEqual(
    proxy?.secrets.map(({ folder, writable }) => [folder, writable]),
    [['proxy', false]],
  );
  assert.deepEqual(
    proxy?.dependsOn.map(({ service }) => service),
    ['secrets'],
  );
  const published = (spec: string) => serviceOf(spec, 'proxy')?.ports;
  assert.deepEqual(published(local), [
    { container: 8081, published: 80, public: false },
    { container: 8443, published: 443, public: false },
  ]);
  assert.deepEqual(
    published(acme)?.map((port) => port.public),
    [true, true],
  );
});

test('the one-shot is told the whole list, and nothing that is secret', () => {
  const oneShot = serviceOf(local, 'secrets');
  assert.deepEqual(Object.keys(oneShot?.environment ?? {}), ['MUSTER_SECRETS', 'MUSTER_SECRET_FILES']);
  assert.deepEqual(JSON.parse(oneShot?.environment.MUSTER_SECRET_FILES ?? ''), secretFiles(clusterOf(local)));
});
