// Which pools and clouds does a spec refuse, where, and with which words?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { parseSpec, resolve } from '../../../stacks/index.ts';

const lines = (text: string): readonly string[] =>
  parseSpec(/^name:/m.test(text) ? text : `name: lab\n${text}`, 'cluster.yaml').problems.map(
    ({ path, message, severity }) => `${severity === 'warning' ? 'warning: ' : ''}${path}: ${message}`,
  );

const clouds = `clouds:
  aws: { orchestrator: { by: control-plane } }
  gcp: { project: my-project, orchestrator: { by: control-plane } }`;
const aws = (keys: string): string => `pools: { p: { provider: aws, region: eu-west-1, ${keys} } }
clouds: { aws: { orchestrator: { by: control-plane } } }`;
/** A snippet, and every problem that it has. */
const table: readonly (readonly [snippet: string, problems: readonly string[]])[] = [
  [aws(''), []],
  [
    `pools: { p: { provider: gcp, region: europe-west1, zones: [europe-west1-b] }, a: { provider: aws, region: eu-west-1, zones: [eu-west-1a] } }\n${clouds}`,
    [],
  ],
  [
    `pools: { ${Array.from({ length: 11 }, (_, at) => `p${at}: { provider: gcp, region: europe-west1 }`).join(', ')} }
clouds: { gcp: { project: my-project, orchestrator: { by: control-plane } } }`,
    ['pools: expected at most 10 pools in gcp, got 11'],
  ],
  [
    `pools: { a: { provider: gcp, region: europe-west1 }, a-od: { provider: gcp, region: europe-west1 } }
clouds: { gcp: { project: my-project, orchestrator: { by: control-plane } } }`,
    ['pools/a-od: expected a name of its own, got that of the machines on demand of pool a'],
  ],
  [
    'pools: { p: { provider: azure } }',
    ['pools/p/provider: expected one of aws, compose, gcp, kubernetes, static, swarm, got "azure"'],
  ],
  ['pools: { p: { provider: aws, region: eu-west-1 } }', ['clouds: expected aws, which pools are in, got nothing']],
  [
    `pools: { p: { provider: aws } }\nclouds: { aws: { orchestrator: { by: control-plane } } }`,
    ['pools/p: expected a region, got none'],
  ],
  [aws('min: 5, max: 4'), ['pools/p/min: expected at most max (4), got 5']],
  [aws('zones: [us-east-1a]'), ['pools/p/zones/0: expected a zone of eu-west-1, got us-east-1a']],
  [
    aws('worker: { gpus: auto, image: "a:1" }'),
    [
      'pools/p/worker/gpus: expected a number of GPUs, got auto',
      'pools/p/worker/image: expected no container image in a cloud, got one',
    ],
  ],
  [aws('gpuMemory: 24GiB'), ['pools/p/gpuMemory: expected a worker with GPUs, got none']],
  [aws('warm: 1'), ['pools/p/warm: expected aws with spot: false and one machine type in instances, got another pool']],
  [aws('warm: 1, spot: false, instances: { g6.xlarge: 1 }'), []],
  [aws('warm: 9, spot: false, instances: { g6.xlarge: 1 }'), ['pools/p/warm: expected at most max (4), got 9']],
  [aws('budget: { day: 50, month: 40 }'), ['pools/p/budget/day: expected at most the budget of a month (40), got 50']],
  [
    aws('hostImage: projects/debian-cloud/global/images/family/debian-12'),
    ['pools/p/hostImage: expected an image of aws, got projects/debian-cloud/global/images/family/debian-12'],
  ],
  [
    aws('idle: 10s, bootDeadline: 1m'),
    ['pools/p/idle: expected at least 60s, got "10s"', 'pools/p/bootDeadline: expected at least 120s, got "1m"'],
  ],
  [
    aws('worker: { drainGrace: 10m }'),
    ['warning: pools/p/worker/drainGrace: a spot machine has 110s before aws takes it, drainGrace is "10m"'],
  ],
  [
    aws('worker: { environment: { API_TOKEN: x, MUSTER_URL: y } }'),
    [
      'pools/p/worker/environment/API_TOKEN: expected no secret here, got a name that looks like one: this text reaches generated files',
      'pools/p/worker/environment/MUSTER_URL: expected a variable for jobs, got one that steers the agent',
    ],
  ],
  [
    'pools: { p: { provider: compose, region: eu-west-1, spot: {}, warm: 1 } }',
    [
      'pools/p/region: expected a pool of a cloud here, got provider compose',
      'pools/p/spot: expected a pool of a cloud here, got provider compose',
      'pools/p/warm: expected a pool of a cloud here, got provider compose',
    ],
  ],
  [
    'pools: { p: { provider: static, min: 1 } }',
    ['pools/p/min: expected 0, since nobody brings workers of a static pool, got 1'],
  ],
  [
    'workers: { p: {} }\npools: { p: { provider: swarm }, proxy: { provider: swarm } }',
    [
      'pools/p: expected a name of its own, got that of a class of workers',
      "pools/proxy: expected a name of its own, got that of one of Muster's services",
    ],
  ],
  [
    `pools: { p: { provider: aws, region: eu-west-1 }, q: { provider: aws, region: us-east-1 } }\nclouds: { aws: { orchestrator: { by: control-plane } } }`,
    ['pools/q/region: expected eu-west-1, where pool p is, got us-east-1'],
  ],
  [
    aws('schedules: [{ from: "08:00", to: "08:00", timeZone: Nowhere/Land }]'),
    [
      'pools/p/schedules/0/to: expected an end other than the beginning, got 08:00',
      'pools/p/schedules/0/timeZone: expected a time zone that exists, got Nowhere/Land',
      'pools/p/schedules/0: expected min or max, got neither',
    ],
  ],
  [
    aws(
      'schedules: [{ days: [sun], from: "22:00", to: "06:00", timeZone: UTC, max: 1 }, { days: [mon], from: "05:00", to: "07:00", timeZone: UTC, min: 9 }]',
    ),
    [
      'pools/p/schedules/1/min: expected min (9) at most max (4) at these hours',
      'pools/p/schedules/1/from: expected hours of its own, got some of schedule 0',
    ],
  ],
  [aws('worker: { gpus: 1 }, disk: 60GiB'), ['pools/p/disk: expected room for the image (100GiB), got "60GiB"']],
  [aws('worker: { gpus: 1 }, disk: 60GiB, hostImage: ami-12345678'), []],
  [
    aws('')
      .replaceAll('p:', `${'p'.repeat(40)}:`)
      .replace('pools', `name: ${'n'.repeat(39)}\npools`),
    [`pools/${'p'.repeat(40)}: expected at most 57 characters with the name of the cluster before it, got 80`],
  ],
  ['clouds: { aws: { orchestrator: { by: control-plane } } }', ['warning: clouds/aws: no pool is in aws']],
];

for (const [snippet, problems] of table) {
  test(`${problems[0] ?? 'nothing is wrong'}: ${snippet.slice(0, 60).replaceAll('\n', ' ')}`, () => {
    deepStrictEqual([...lines(snippet)].sort(), [...problems].sort());
  });
}

test('a pool is a class of workers of its name, that no target of files starts unless it is meant for it', () => {
  const { spec } = parseSpec(`name: lab\n${aws('worker: { cpus: 4, labels: { a: b } }')}`, 'cluster.yaml');
  if (spec === null) throw new Error('the spec is right');
  const cluster = resolve(spec);
  deepStrictEqual(
    cluster.workers.map(({ name, cpus, labels, replicas, maxReplicas, targets }) => ({
      name,
      cpus,
      labels,
      replicas,
      maxReplicas,
      targets,
    })),
    [{ name: 'p', cpus: 4, labels: { a: 'b' }, replicas: 0, maxReplicas: 4, targets: [] }],
  );
  deepStrictEqual(cluster.pools[0]?.worker, cluster.workers[0]);
});

test('a schedule raises what the credential of the class admits', () => {
  const text = aws('schedules: [{ from: "08:00", to: "18:00", timeZone: Europe/Madrid, max: 12 }]');
  const { spec } = parseSpec(`name: lab\n${text}`, 'cluster.yaml');
  deepStrictEqual(spec === null ? null : resolve(spec).workers[0]?.maxReplicas, 12);
});
