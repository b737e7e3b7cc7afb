// What may a spec say at each of its keys? A few values for every one, each text as hostile as the checker lets it be.
import type { Option } from './pairwise.ts';

const hostile = `$HOME \${X:-y} $$ $(id) \`id\` {{ x }} {% y %} "q" 'q' \\ # : - & * ! % | > @ << ; ~ é 😀`;
const texts = JSON.parse(
  JSON.stringify({ plain: hostile, no: 'NO', empty: '', blank: ' ', yaml: '- a: *b', time: '1:30', octal: '0777' }),
) as Readonly<Record<string, string>>;
const labels = { ...texts, 'a/b.c_d-e': "' OR 1=1 --", '-': '}\\', constructor: '0x1' };
const environment = { ...texts, _: '!!js', constructor: '%n$s', PATH_FILE: '/run/a b', Y: '{"a": ["b"]}' };
const path = ' a b/#c,{d}(é)&|<>%!*@=+~[x]';
const title = ' #1: Tom & Jerry; [x] | é 😀 % @ ! * - ?';
const email = 'A.b_c+d-e@mail.example.org';
const digest = `@sha256:${'0123456789abcdef'.repeat(4)}`;

/** Values by key; `undefined`: it is not written. A key comes after the block that it is in. */
const table: Readonly<Record<string, readonly unknown[]>> = {
  name: ['a', 'constructor-1e3'],
  'orchestrator.port': [undefined, 18080],
  'orchestrator.cpus': [undefined, 0.3],
  'orchestrator.memory': [undefined, '1.5GiB'],
  'orchestrator.heartbeat': [undefined, '2s'],
  'orchestrator.leaseTtl': [undefined, '10m'],
  'orchestrator.backup': [undefined, false, { at: 'Mon,Thu 03:30', keep: 1 }],
  'defaults.worker': [undefined, { labels, environment }, { gpus: 'auto', image: `a/b${digest}`, cpus: 1.5 }],
  'workers.constructor': [undefined, {}, { targets: ['compose'] }],
  'workers.w.replicas': [undefined, 0, 5],
  'workers.w.maxReplicas': [undefined, 40],
  'workers.w.cpus': [undefined, 0.1, 64],
  'workers.w.memory': [undefined, '512MB', '128MiB'],
  'workers.w.gpus': [undefined, 'none', 'auto', 2],
  'workers.w.labels': [undefined, labels],
  'workers.w.environment': [undefined, environment],
  'workers.w.image': [undefined, 'registry.example.org:5000/team/tools:1.2-a_b', `python:3.13${digest}`],
  'workers.w.drainGrace': [undefined, '0s', '2h'],
  'workers.w.maxProcesses': [undefined, 64],
  'workers.w.maxRestartAttempts': [undefined, 1],
  'workers.w.targets': [undefined, ['compose'], ['systemd', 'swarm']],
  'services.dask': [{}, undefined],
  'services.dask.image': [undefined, 'dask.example.org/dask:1'],
  'services.dask.cpus': [undefined, 2.5],
  'services.dask.port': [undefined, 18786],
  'services.dask.dashboard': [undefined, false],
  'services.dask.tls': [undefined, true],
  'services.dask.compression': [undefined, 'off', 'zstd'],
  'services.dask.logLevel': [undefined, 'debug'],
  'services.dask.workers': [{}, undefined],
  'services.dask.workers.plain': [undefined, {}],
  'services.dask.workers.ml.replicas': [undefined, 0, 3],
  'services.dask.workers.ml.cpus': [undefined, 3.5],
  'services.dask.workers.ml.memory': [undefined, '3GiB'],
  'services.dask.workers.ml.gpus': [undefined, 'auto', 1],
  'services.dask.workers.ml.processes': [undefined, 2],
  'services.dask.workers.ml.threads': [undefined, 7],
  'services.dask.workers.ml.memoryLimit': [undefined, '600MB'],
  'services.dask.workers.ml.memoryFractions': [
    undefined,
    { target: false, spill: false, pause: false, terminate: false },
    { target: 0.05, spill: 0.05, pause: 0.123, terminate: 1 },
  ],
  'services.dask.workers.ml.deathTimeout': [undefined, '1h'],
  'services.dask.workers.ml.drainGrace': [undefined, '0s'],
  'services.dask.workers.ml.resources': [undefined, { GPU: 1, 'a-B_c': 0.001, constructor: 1_000_000 }],
  'services.dask.workers.ml.targets': [undefined, ['compose'], ['swarm']],
  'services.ollama': [{}, false],
  'services.ollama.image': [undefined, 'ollama/ollama:0.17.4-rocm'],
  'services.ollama.port': [undefined, 21434],
  'services.ollama.replicas': [undefined, 2],
  'services.ollama.memory': [undefined, '512MB'],
  'services.ollama.gpus': [undefined, 'none', 1],
  'services.ollama.models': [undefined, ['qwen3:0.6b', 'models.example.org:5000/No/a.b_c:1'], []],
  'services.ollama.modelsPath': [undefined, path],
  'services.ollama.parallel': [undefined, 4],
  'services.ollama.maxLoadedModels': [undefined, 2],
  'services.ollama.maxQueue': [undefined, 9],
  'services.ollama.keepAlive': [undefined, '0s'],
  'services.ollama.loadTimeout': [undefined, '1h'],
  'services.ollama.contextLength': [undefined, 1_048_576],
  'services.ollama.kvCacheType': [undefined, 'q8_0'],
  'services.ollama.flashAttention': [undefined, true, false],
  'services.ollama.gpuOverhead': [undefined, '1GiB'],
  'services.ollama.spreadOverGpus': [undefined, true],
  'services.ollama.cloud': [undefined, true],
  'services.ollama.nodes': [
    undefined,
    { constructor: { gpus: 1, replicas: 2, models: ['a:b'] }, small: { gpus: 'none', modelsPath: `/srv/${path}` } },
  ],
  'services.open-webui': [{}, undefined],
  'services.open-webui.port': [undefined, 13000],
  'services.open-webui.title': [undefined, title],
  'services.open-webui.admin': [undefined, email],
  'services.open-webui.signUp': [undefined, true],
  'services.proxy': [{}, undefined],
  'services.proxy.hosts': [undefined, ['default', 'a-b.example.org', '0x1'], ['ai.example.org']],
  'services.proxy.httpPort': [undefined, 10080],
  'services.proxy.httpsPort': [undefined, 10443],
  'services.proxy.public': [undefined, true],
  'services.proxy.tls': [
    ...[undefined, 'local', { certificate: path, key: `/srv/${path}` }],
    ...[{ acme: { email } }, { acme: { email, directory: 'https://ca.example.org:14000/a~b/dir' } }],
  ],
  'services.proxy.uploadLimit': [undefined, '3GiB'],
  'services.proxy.requestsPerSecond': [undefined, 1],
  'services.prometheus': [{}, false],
  'services.prometheus.memory': [undefined, '300MiB'],
  'services.prometheus.port': [undefined, 19090],
  'services.prometheus.retention': [undefined, '1h'],
  'services.prometheus.scrapeInterval': [undefined, '1m', '90s'],
  'services.alertmanager': [{}, undefined],
  'services.alertmanager.port': [undefined, 19093],
  'services.alertmanager.email': [
    undefined,
    { to: email, from: email, server: 'mail.example.org:25' },
    { to: email, from: email, server: 'no:65535', user: title },
  ],
  'services.alertmanager.webhook': [undefined, true],
  'services.grafana': [{}, true, false],
  'services.grafana.port': [undefined, 13001],
  'services.visualizer': [{}, true, undefined],
  'services.visualizer.port': [undefined, 18090],
  'swarm.registry': [undefined, 'registry.example.org:5000/team'],
  'swarm.endpoint': [undefined, 'vip', 'dnsrr'],
  'swarm.encrypted': [undefined, false],
  'swarm.workersOnManagers': [undefined, true],
  'rack.network': [undefined, 'wireguard', { kind: 'wireguard', subnet: '172.31.255.248/29', port: 65535 }],
  'rack.hosts': [
    undefined,
    { constructor: { address: '10.1.2.3', user: '_a-b', sshPort: 2222, swarm: 'manager' } },
    { 'node-1': { address: '192.168.7.1' }, z: { address: '100.64.0.1', runs: [], engine: 'docker' } },
  ],
  'swarm.engines': [undefined, { 'node/2': 'ssh://a@b:22', '-': 'unix:///run/docker.sock' }],
};

const isBlock = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isOn = (value: unknown): boolean => isBlock(value) || value === true;

/** The options, each with what it needs: the block that it is in, and what would be refused without another service. */
export const specOptions: readonly Option[] = Object.entries(table).map(([name, values]) => {
  const blocks = Object.keys(table).filter((other) => name.startsWith(`${other}.`));
  return {
    name,
    values,
    needs: (value) => ({
      ...Object.fromEntries(blocks.map((block) => [block, isBlock])),
      ...(/^services\.(alertmanager|grafana)$/.test(name) && isOn(value) && { 'services.prometheus': isOn }),
      ...(name === 'rack.network' && value !== undefined && { 'rack.hosts': isBlock }),
      // On a host of the rack two classes would have the same cards.
      ...(name === 'defaults.worker' &&
        JSON.stringify(value)?.includes('gpus') && {
          'workers.constructor': (other) => JSON.stringify(other) !== '{}',
        }),
      ...(JSON.stringify(value)?.includes('acme') && { 'services.proxy.hosts': isBlock }),
    }),
  };
});
