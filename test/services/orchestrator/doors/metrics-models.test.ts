// Does a scrape show the Ollama nodes, and do their models stay data, however they are named?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from '../../../../services/orchestrator/settings.ts';
import { someModels, startFakeOllama } from '../../../support/fake-ollama.ts';
import { startOrchestrator } from '../support/orchestrator.ts';
import { scrapeWithModels } from '../support/scrape.ts';

const linesOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith('muster_ollama_') && !line.includes('expires'));

const nodesEnvironment = (...nodes: readonly { node: string; url: string }[]) => ({
  env: { MUSTER_OLLAMA_URLS: JSON.stringify(nodes) },
});

test('a node that is up shows its models, one that is down only that', async (t) => {
  const fake = await startFakeOllama(t, someModels());
  const nodes = [
    { node: 'ollama', url: fake.url },
    { node: 'gone', url: 'http://127.0.0.1:1' },
  ];
  const bench = await startOrchestrator(t, nodesEnvironment(...nodes));
  const text = await scrapeWithModels(bench);
  assert.deepEqual(linesOf(text), [
    'muster_ollama_up{node="ollama"} 1',
    'muster_ollama_up{node="gone"} 0',
    'muster_ollama_info{node="ollama",version="0.9.6"} 1',
    'muster_ollama_models{node="ollama"} 2',
    'muster_ollama_loaded_models{node="ollama"} 1',
    'muster_ollama_loaded_bytes{node="ollama",model="llama3.2:3b"} 3000000000',
    'muster_ollama_vram_bytes{node="ollama",model="llama3.2:3b"} 2000000000',
  ]);
  const [, seconds = ''] =
    /^muster_ollama_expires_seconds\{node="ollama",model="llama3.2:3b"\} (.*)$/m.exec(text) ?? [];
  assert.ok(Number(seconds) > 1e9, seconds);
});

test('a hostile name forges no series, and two that are equal on the wire are one', async (t) => {
  const names = ['"} 7\nmuster_forged{x="', 'back\\slash', 'half \ud800', 'half \ud801', 'a'.repeat(5000)];
  const fake = await startFakeOllama(t, someModels(names.map((name) => ({ name, size: 1, size_vram: 1 }))));
  const bench = await startOrchestrator(t, nodesEnvironment({ node: 'ollama', url: fake.url }));
  const text = await scrapeWithModels(bench);
  const models = [...text.matchAll(/^muster_ollama_loaded_bytes\{node="ollama",model="(.*)"\} \d+$/gm)];
  assert.deepEqual(
    models.map(([, name]) => name),
    ['llama3.2:3b', '\\"} 7\\nmuster_forged{x=\\"', 'back\\\\slash', 'half \ufffd', 'a'.repeat(200)],
  );
  assert.doesNotMatch(text, /^muster_forged/m);
});

test('a node shows fewer than a hundred series, and says how many models there are', async (t) => {
  const many = Array.from({ length: 500 }, (_, at) => ({
    name: `m${at}`,
    size: 1,
    size_vram: 1,
    expires_at: '2030-01-01',
  }));
  const fake = await startFakeOllama(t, someModels(many));
  const bench = await startOrchestrator(t, nodesEnvironment({ node: 'ollama', url: fake.url }));
  const text = await scrapeWithModels(bench);
  const series = text.split('\n').filter((line) => line.startsWith('muster_ollama_'));
  assert.ok(series.length > 90 && series.length < 100, String(series.length));
  assert.ok(series.includes('muster_ollama_loaded_models{node="ollama"} 501'));
});

test('what is wrong with the list of nodes is said at the start', () => {
  const problemsOf = (text: string) =>
    parseSettings({ MUSTER_OLLAMA_URLS: text }).problems.map((line) => line.replace('MUSTER_OLLAMA_URLS', ''));
  assert.deepEqual(problemsOf('ollama'), [': expected JSON, a list of {"node", "url"}']);
  assert.deepEqual(problemsOf('[{"node":"A b","url":"ftp://x"}]'), [
    '/0/node: expected a DNS label, such as ollama',
    '/0/url: expected a URL such as http://ollama:11434',
  ]);
  assert.deepEqual(problemsOf('[{"node":"a","url":"http://x"},{"node":"a","url":"http://y"}]'), [': a is there twice']);
});
