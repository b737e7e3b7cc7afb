// Does a real Dask know every key that we write, and does each take effect?
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { address, PythonTalk, startScheduler, startWorker, whyNoDask } from '../support/dask.ts';
import { LocalStack } from '../support/local-stack.ts';

const skip = whyNoDask() ?? false;

const spec = `
name: a
services:
  dask:
    compression: off
    logLevel: warning
    workers:
      ml:
        cpus: 4
        memory: 1GiB
        processes: 2
        threads: 3
        memoryLimit: 300MiB
        memoryFractions: {target: 0.5, spill: 0.65, pause: 0.85, terminate: false}
        deathTimeout: 41s
        drainGrace: 7s
        resources: {GPU: 1, ML: 2.5}
`;

test('every configuration key is one of Dask', { skip }, async (t) => {
  for (const dask of ['{tls: true, workers: {ml: {memoryFractions: {spill: false}}}}', '{compression: zlib}']) {
    const stack = await LocalStack.make(t, `name: a\nservices: {proxy: true, dask: ${dask}}`);
    const files = ['scheduler', dask.includes('ml') ? 'ml' : 'cpu'].map((name) => stack.at.config(`dask/${name}.yaml`));
    const talk = new PythonTalk(
      t,
      `
import json, yaml
from distributed.config import defaults
known = defaults["distributed"]
def unknown(have, known, path=""):
    for key, value in have.items():
        if key not in known: yield path + key
        elif isinstance(known[key], dict): yield from unknown(value, known[key], path + key + ".")
print(json.dumps([list(unknown(yaml.safe_load(open(file))["distributed"], known)) for file in ${JSON.stringify(files)}]))
`,
    );
    // Dask's defaults have this one as a comment; that it takes effect is shown below.
    assert.deepEqual(await talk.next(), [['logging'], ['logging']]);
  }
});

test('what the spec says holds in running processes', { skip }, async (t) => {
  const stack = await startScheduler(t, spec);
  startWorker(stack, 'ml');
  const talk = new PythonTalk(
    t,
    `
import json, logging, dask
from distributed import Client
client = Client("tcp://${address(stack)}")
client.wait_for_workers(2, timeout=60)
def look(dask_worker):
    memory = dask_worker.memory_manager
    return {
        "threads": dask_worker.state.nthreads,
        "memory": memory.memory_limit,
        "fractions": [memory.memory_target_fraction, memory.memory_spill_fraction, memory.memory_pause_fraction],
        "terminate": dask.config.get("distributed.worker.memory.terminate"),
        "resources": dask_worker.state.total_resources,
        "death": dask_worker.death_timeout,
        "compression": dask.config.get("distributed.comm.compression"),
        "level": logging.getLogger("distributed").level,
        "spills below": dask_worker.local_directory.split("/dask-scratch-space/")[0],
    }
print(json.dumps(list(client.run(look).values())))
names = [worker["name"] for worker in client.scheduler_info()["workers"].values()]
print(json.dumps([sorted(names), client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.worker_ttl)]))
`,
  );
  const process = {
    threads: 3,
    memory: 300 * 2 ** 20,
    fractions: [0.5, 0.65, 0.85],
    terminate: false,
    resources: { GPU: 1, ML: 2.5 },
    death: 41,
    compression: false,
    level: 30,
    'spills below': stack.at.state('dask-ml'),
  };
  assert.deepEqual(await talk.next(), [process, process]);
  const [names, ttl] = (await talk.next()) as [string[], number];
  assert.equal(ttl, 120);
  assert.match(names.join(' '), /^ml-\S+-\d+-0 ml-\S+-\d+-1$/);
});

test('a compression that is written is the one that messages get', { skip }, async (t) => {
  const stack = await LocalStack.make(t, 'name: a\nservices: {dask: {compression: zlib}}');
  const config = stack.at.config('dask/cpu.yaml');
  assert.match(readFileSync(config, 'utf8'), /compression: "zlib"/);
  const talk = new PythonTalk(
    t,
    'import json, distributed.protocol.compression as c; print(json.dumps(c.get_compression_settings("distributed.comm.compression")))',
    { DASK_CONFIG: config },
  );
  assert.equal(await talk.next(), 'zlib');
});
