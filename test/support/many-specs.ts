// Which specs does nobody write by hand? Sixty and more, by options: each value of each option meets many of the others.

type Option = readonly [path: readonly string[], values: readonly unknown[]];

const dask = {
  workers: {
    cpu: { replicas: 3, memory: '512MiB', targets: ['swarm'] },
    gpu: { gpus: 1, memory: '2GiB', resources: { GPU: 1 } },
  },
};
const ollamaNodes = { models: ['qwen3:0.6b'], nodes: { big: { gpus: 1, replicas: 2 }, small: { gpus: 'none' } } };

/** `undefined`: the key is not written. */
const options: readonly Option[] = [
  [
    ['swarm', 'endpoint'],
    ['dnsrr', 'vip'],
  ],
  [
    ['swarm', 'encrypted'],
    [false, true, undefined],
  ],
  [
    ['swarm', 'workersOnManagers'],
    [true, undefined],
  ],
  [
    ['swarm', 'registry'],
    [undefined, 'registry.example.org:5000/team'],
  ],
  [
    ['services', 'proxy'],
    [{ public: true }, {}, undefined, { public: true, tls: { certificate: 'a.crt', key: 'a.key' } }],
  ],
  [
    ['services', 'ollama'],
    [{}, undefined, ollamaNodes, { modelsPath: '/srv/models' }],
  ],
  [
    ['services', 'open-webui'],
    [{}, undefined],
  ],
  [
    ['services', 'dask'],
    [undefined, {}, dask, { port: 8786, tls: true }],
  ],
  [
    ['services', 'prometheus'],
    [{}, { retention: '24h' }],
  ],
  [
    ['services', 'alertmanager'],
    [{}, undefined, { webhook: true }],
  ],
  [
    ['services', 'grafana'],
    [{}, undefined],
  ],
  [
    ['services', 'visualizer'],
    [undefined, {}],
  ],
  [
    ['workers', 'worker', 'replicas'],
    [1, 5, 0],
  ],
  [
    ['workers', 'worker', 'gpus'],
    ['none', 'auto', 2],
  ],
  [
    ['workers', 'worker', 'drainGrace'],
    ['30s', '10m'],
  ],
  [
    ['workers', 'worker', 'labels'],
    [undefined, { size: 'large', text: `$HOME \${X:-y} $$ {{ x }} "q" # : é` }],
  ],
];

function put(into: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) into[key] = value;
  else {
    into[key] ??= {};
    put(into[key] as Record<string, unknown>, rest, value);
  }
}

/** A number that looks like chance and is the same every time. */
function scattered(seed: number): number {
  const mixed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d);
  return (Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 8) & 0xffff;
}

/** Texts in JSON, which is YAML. */
export const manySpecs: ReadonlyMap<string, string> = new Map(
  Array.from({ length: 72 }, (_, index) => {
    const spec: Record<string, unknown> = { name: 'many', workers: { worker: {}, here: { targets: ['compose'] } } };
    options.forEach(([path, values], at) => {
      const value = values[scattered(1000 * (index + 1) + at) % values.length];
      if (value !== undefined) put(spec, path, value);
    });
    return [`options-${index + 1}`, JSON.stringify(spec)];
  }),
);
