// Does a real Ollama get its models by itself, and is it ready when it has them, not before?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownFolder } from '../support/folder.ts';
import { cleanEnvironment } from '../support/lab.ts';
import { type LocalService, LocalStack, until, whyNoPrograms } from '../support/local-stack.ts';
import { ModelRegistry } from '../support/model-registry.ts';
import { copyTiny, tinyAnswer, whyNoModel } from '../support/models.ts';

const skip = whyNoPrograms('ollama') ?? whyNoModel() ?? false;

const spec = (keys: string): string => `name: a\nservices: {ollama: {${keys}}}`;
const url = (stack: LocalStack): string => `http://${stack.at.address('ollama', 11434)}`;

/** Exit code and output of the readiness check, as the engine runs it: with little of an environment. */
function ready(stack: LocalStack): readonly [number | null, string] {
  const env = { PATH: cleanEnvironment().PATH ?? '', HOME: '/' };
  const { status, stdout } = spawnSync('sh', [stack.at.config('ollama/ollama-ready.sh')], { env, encoding: 'utf8' });
  return [status, stdout.trim()];
}

const ours = ({ lines }: LocalService): readonly string[] => lines.filter((line) => line.startsWith('muster: '));

async function answers(stack: LocalStack): Promise<void> {
  await until(async () => (await fetch(`${url(stack)}/api/version`)).ok);
}

async function ask(stack: LocalStack, model: string): Promise<string> {
  const body = JSON.stringify({ model, prompt: 'hi', stream: false, options: { temperature: 0 } });
  const answer = await fetch(`${url(stack)}/api/generate`, { method: 'POST', body });
  return ((await answer.json()) as { response: string }).response;
}

async function stop(service: LocalService): Promise<number | string> {
  service.child.kill('SIGTERM');
  return service.exited;
}

test('a model that is there is not asked for, and answers', { skip }, async (t) => {
  const stack = await LocalStack.make(t, spec('models: [tiny:1]'));
  copyTiny(join(stack.at.state('ollama'), 'models'));
  assert.equal(ready(stack)[0], 1, 'ready before it runs');
  const service = stack.start('ollama/ollama.sh');
  await until(() => ready(stack)[0] === 0 || null);
  assert.match(await ask(stack, 'tiny:1'), new RegExp(`${tinyAnswer.first}.*${tinyAnswer.last}`));
  // It is ready before its words have come here.
  await until(() => ours(service).length > 0 || null);
  assert.deepEqual(ours(service), ['muster: tiny:1 is there']);
  assert.equal(await stop(service), 0);
});

test('a missing model is pulled, again after a failure, while the server answers', { skip }, async (t) => {
  const registry = await ModelRegistry.start(t);
  registry.refuses = 1;
  const { model } = registry;
  const stack = await LocalStack.make(t, spec(`models: ["${model}"]`));
  const service = stack.start('ollama/ollama.sh', { SSL_CERT_FILE: registry.authority });
  await answers(stack);
  assert.deepEqual(ready(stack), [1, `${model} is not there yet`]);
  await until(() => ready(stack)[0] === 0 || null);
  await until(() => ours(service).at(-1) === `muster: ${model} is there` || null);
  const [first, failed, second, done] = ours(service);
  assert.deepEqual(
    [first, second, done],
    [`muster: pulling ${model}`, `muster: pulling ${model}`, `muster: ${model} is there`],
  );
  assert.match(failed ?? '', /^muster: \S+ did not come, again in 5 s: Error: .*503/);
  assert.match(await ask(stack, model), new RegExp(tinyAnswer.first));
  assert.equal(await stop(service), 0);

  const before = registry.asked.length;
  const again = stack.start('ollama/ollama.sh', { SSL_CERT_FILE: registry.authority });
  await until(() => ours(again).includes(`muster: ${model} is there`) || null);
  assert.equal(registry.asked.length, before, 'a model that is there was asked for');
});

test('one that cannot come is named by the check, and keeps none of the others away', { skip }, async (t) => {
  const registry = await ModelRegistry.start(t);
  const impossible = 'localhost:1/library/none:1';
  const stack = await LocalStack.make(t, spec(`models: ["${impossible}", "${registry.model}"]`));
  const service = stack.start('ollama/ollama.sh', { SSL_CERT_FILE: registry.authority });
  await until(() => ours(service).some((line) => line.includes('again in 10 s')) || null);
  assert.match(await ask(stack, registry.model), new RegExp(tinyAnswer.first));
  assert.deepEqual(ready(stack), [1, `${impossible} is not there yet`]);
  assert.equal(await stop(service), 0);
});

const knobs = {
  parallel: ['3', 'OLLAMA_NUM_PARALLEL:3'],
  maxLoadedModels: ['2', 'OLLAMA_MAX_LOADED_MODELS:2'],
  maxQueue: ['77', 'OLLAMA_MAX_QUEUE:77'],
  keepAlive: ['90s', 'OLLAMA_KEEP_ALIVE:1m30s'],
  loadTimeout: ['2m', 'OLLAMA_LOAD_TIMEOUT:2m0s'],
  contextLength: ['1024', 'OLLAMA_CONTEXT_LENGTH:1024'],
  kvCacheType: ['q8_0', 'OLLAMA_KV_CACHE_TYPE:q8_0'],
  flashAttention: ['true', 'OLLAMA_FLASH_ATTENTION:true'],
  gpuOverhead: ['1GiB', 'OLLAMA_GPU_OVERHEAD:1073741824'],
  spreadOverGpus: ['true', 'OLLAMA_SCHED_SPREAD:true'],
  cloud: ['false', 'OLLAMA_NO_CLOUD:true'],
} as const;

/** What the server says that it has read. */
async function settings(t: TestContext, keys: string): Promise<string> {
  const stack = await LocalStack.make(t, spec(keys));
  const { lines } = stack.start('ollama/ollama.sh');
  return until(() => lines.find((line) => line.includes('server config')) ?? null);
}

test('every knob is one that the server reads', { skip }, async (t) => {
  const written = Object.entries(knobs).map(([key, [value]]) => `${key}: ${value}`);
  const said = await settings(t, written.join(', '));
  const missing = Object.values(knobs).flatMap(([, expected]) => (said.includes(`${expected} `) ? [] : [expected]));
  assert.deepEqual(missing, []);
  const silent = await settings(t, 'cloud: true');
  assert.match(silent, /OLLAMA_NO_CLOUD:false /);
  assert.match(silent, /OLLAMA_NUM_PARALLEL:1 /);
});

test('a folder of models of the host is used, and nothing in it is removed', { skip }, async (t) => {
  const own = await LocalStack.make(t, 'name: a');
  const given = join(own.folder, 'given');
  copyTiny(given);
  // Blobs that no manifest names are what a server of its own removes at its start.
  const blob = join(given, 'blobs', `sha256-${'0'.repeat(64)}`);
  spawnSync('cp', ['/etc/hostname', blob]);
  const stack = await LocalStack.make(t, spec(`models: [tiny:1], modelsPath: "${given}"`));
  const service = stack.start('ollama/ollama.sh');
  await until(() => ready(stack)[0] === 0 || null);
  assert.equal(await stop(service), 0);
  assert.ok(existsSync(blob));
});

test('servers with one folder of models pull each of them once', { skip }, async (t) => {
  const registry = await ModelRegistry.start(t);
  const given = join(ownFolder(t), 'given');
  const nodes = `{a: {}, b: {}}, models: ["${registry.model}"], modelsPath: "${given}"`;
  const stack = await LocalStack.make(t, spec(`nodes: ${nodes}`));
  const servers = ['a', 'b'].map((name) =>
    stack.start(`ollama/ollama-${name}.sh`, { SSL_CERT_FILE: registry.authority }),
  );
  for (const server of servers) await until(() => ours(server).at(-1) === `muster: ${registry.model} is there` || null);
  const blobs = registry.asked.filter((line) => line.startsWith('GET /elsewhere/'));
  assert.equal(blobs.length, new Set(blobs).size, registry.asked.join('\n'));
  const said = servers.flatMap(ours);
  assert.ok(!said.some((line) => line.includes('did not come')), said.join('\n'));
  for (const server of servers) assert.equal(await stop(server), 0);
});
