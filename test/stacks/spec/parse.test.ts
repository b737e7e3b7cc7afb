// Does a wrong spec say where, what and what to do, all at once?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblems } from '../../../stacks/cli/output.ts';
import { parseSpec } from '../../../stacks/spec/parse.ts';

const name = 'a name of a-z, 0-9 and inner hyphens that starts with a letter, at most 63 long, no word like yes or no';

const table: readonly (readonly [text: string, problems: readonly string[]])[] = [
  ['', ['1:1: expected a map of keys, got nothing']],
  ['- a', ['1:1: expected a map of keys, got a list']],
  ['workers: {}', [`1:1 name: expected ${name}, got nothing`]],
  ['nam: home\nname: home', ['1:1 nam: unknown key; did you mean "name"?']],
  [
    'name: home\nvolumes: {}',
    [
      '2:1 volumes: unknown key; expected one of name, orchestrator, defaults, workers, services, pools, clouds, swarm, rack, got "volumes"',
    ],
  ],
  ['name: home\nname: home', ['2:1 name: expected each key once, got it again after line 1']],
  ['name: 7', [`1:7 name: expected ${name}, got 7`]],
  ['name: a\norchestrator: {port: 70000}', ['2:22 orchestrator/port: expected a port from 1 to 65535, got 70000']],
  [
    'name: a\norchestrator: {port: 50052}',
    ["2:22 orchestrator/port: expected a free port, got 50052, which the agents' health uses"],
  ],
  [
    'name: a\norchestrator: {leaseTtl: 60s}',
    ['2:26 orchestrator/leaseTtl: expected at least three heartbeats (90s), got "60s"'],
  ],
  ['name: a\norchestrator: {heartbeat: 0s}', ['2:27 orchestrator/heartbeat: expected at least 1s, got "0s"']],
  [
    'name: a\ndefaults: {worker: {replicas: 2}}',
    [
      '2:21 defaults/worker/replicas: unknown key; expected one of cpus, memory, gpus, labels, image, environment, drainGrace, maxProcesses, maxRestartAttempts, targets, got "replicas"',
    ],
  ],
  ['name: a\nworkers:\n  w:\n    memroy: 8GiB', ['4:5 workers/w/memroy: unknown key; did you mean "memory"?']],
  ['name: a\nworkers: {w: {memory: 8}}', ['2:23 workers/w/memory: expected a size such as 8GiB or 512MB, got 8']],
  ['name: a\nworkers: {w: {memory: 8gb}}', ['2:23 workers/w/memory: expected a size such as 8GiB or 512MB, got "8gb"']],
  ['name: a\nworkers: {w: {memory: 64MiB}}', ['2:23 workers/w/memory: expected at least 128MiB, got "64MiB"']],
  ['name: a\nworkers: {w: {cpus: "4"}}', ['2:21 workers/w/cpus: expected a number of CPUs from 0.1 to 1024, got "4"']],
  [
    'name: a\nworkers: {w: {replicas: 1.5}}',
    ['2:25 workers/w/replicas: expected a number of workers from 0 to 1000, got 1.5'],
  ],
  [
    'name: a\nworkers: {w: {gpus: some}}',
    ['2:21 workers/w/gpus: expected auto, none or a number of GPUs from 0 to 64, got "some"'],
  ],
  [
    'name: a\nworkers: {w: {drainGrace: 30}}',
    ['2:27 workers/w/drainGrace: expected a time such as 30s, 10m or 1h, got 30'],
  ],
  [
    'name: a\nworkers: {w: {image: python}}',
    [
      '2:22 workers/w/image: expected an image with an exact tag or digest, such as python:3.13-slim-bookworm, got "python"',
    ],
  ],
  [
    'name: a\nworkers: {w: {image: "python:latest"}}',
    [
      '2:22 workers/w/image: expected an image with an exact tag or digest, such as python:3.13-slim-bookworm, got "python:latest"',
    ],
  ],
  [
    'name: a\nworkers: {w: {labels: {gpu: true}}}',
    ['2:29 workers/w/labels/gpu: expected text of at most 255 characters without control characters, got true'],
  ],
  [
    'name: a\nworkers: {w: {labels: {a b: x}}}',
    ['2:24 workers/w/labels/a b: expected a label key of A-Z a-z 0-9 . _ / -, at most 63 long, got "a b"'],
  ],
  [
    'name: a\nworkers: {w: {environment: {HF_TOKEN: x}}}',
    [
      '2:29 workers/w/environment/HF_TOKEN: expected no secret here, got a name that looks like one: this text reaches generated files',
    ],
  ],
  [
    'name: a\nworkers: {w: {environment: {MUSTER_CPUS: "9"}}}',
    ['2:29 workers/w/environment/MUSTER_CPUS: expected a variable for jobs, got one that steers the agent'],
  ],
  [
    'name: a\nworkers: {w: {replicas: 5, maxReplicas: 4}}',
    ['2:25 workers/w/replicas: expected at most maxReplicas (4), got 5'],
  ],
  [
    'name: a\nworkers: {w: {}, w-2: {}}',
    ['2:18 workers/w-2: expected a name of its own, got that of replica 2 of "w"'],
  ],
  ['name: a\nworkers: {w: {maxReplicas: 4}, w-5: {}}', []],
  [
    'name: a\nworkers: {secrets: {}}',
    [`2:11 workers/secrets: expected a name of its own, got that of Muster's service "secrets"`],
  ],
  [
    `name: a\nworkers: {${'w'.repeat(61)}: {}}`,
    [`2:11 workers/${'w'.repeat(61)}: expected at most 60 characters, got 61`],
  ],
  ['name: a\nworkers:\n  w:', ['3:5 workers/w: expected a map of keys, got nothing']],
  ['name: a\nworkers: [w]', ['2:10 workers: expected a map of worker names, got a list']],
  [
    'name: a\nworkers: {w: {image: !!str x}}',
    ['2:28 workers/w/image: expected a value, got the tag tag:yaml.org,2002:str'],
  ],
  ['name: a\nworkers:\n  w: &w {}\n  v:\n    <<: *w', ['5:5 workers/v/<<: expected another key, got a reserved one']],
  ['name: a\nworkers: {__proto__: {}}', ['2:11 workers/__proto__: expected another key, got a reserved one']],
  ['%YAML 1.1\n---\nname: a', ['1:1: expected no directive, got %YAML']],
  ['name: a\n---\nname: b', ['2:1: expected valid YAML, got this: a second document']],
];

for (const [text, problems] of table) {
  test(`${JSON.stringify(text).slice(0, 70)} has ${problems.length} problems`, () => {
    const parsed = parseSpec(text, 'f');
    assert.deepEqual(
      parsed.problems.map(({ line, column, path, message }) => `${line}:${column}${path && ` ${path}`}: ${message}`),
      problems,
    );
    assert.equal(parsed.spec === null, problems.length > 0);
    for (const problem of parsed.problems) assert.ok(problem.remedy, 'each problem has a remedy');
  });
}

test('all problems are printed at once, in the order of the file', () => {
  const text = 'name: no\nworkers:\n  w-2: {}\n  w: {memroy: 1GiB, cpus: 0}\n';
  assert.equal(
    formatProblems(parseSpec(text, 'c.yaml').problems),
    `c.yaml:1:7 name: expected ${name}, got "no"
   → rename it, for example worker-01
c.yaml:3:3 workers/w-2: expected a name of its own, got that of replica 2 of "w"
   → rename it, or set maxReplicas of "w" below 2
c.yaml:4:7 workers/w/memroy: unknown key; did you mean "memory"?
   → rename it to "memory"
c.yaml:4:27 workers/w/cpus: expected a number of CPUs from 0.1 to 1024, got 0
   → write a plain number without a unit
4 problems; nothing was written`,
  );
});

test('a worker larger than the host is a warning and does not take the spec away', () => {
  const text = 'name: a\nworkers:\n  w: {cpus: 4, memory: 8GiB, gpus: 1}';
  const { spec, problems } = parseSpec(text, 'f', { cpus: 2, memoryMiB: 4096, gpus: 0 });
  assert.deepEqual(
    problems.map(({ severity, column, message }) => [severity, column, message]),
    [
      ['warning', 13, 'w wants 4 CPUs, this host has 2'],
      ['warning', 24, 'w wants 8 GiB, this host has 4 GiB'],
      ['warning', 36, 'w wants 1 GPUs, this host has 0'],
    ],
  );
  assert.notEqual(spec, null);
});
