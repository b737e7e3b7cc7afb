// Does one command bring a chat page that answers? Docker, the proxy with TLS, a real browser and a real model.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { arrive, openBrowser, textsUntil, whyNoBrowser } from '../support/browser.ts';
import { Clone, freePort } from '../support/clone.ts';
import { whyNoDocker } from '../support/lab.ts';
import { copyTiny, tinyAnswer, whyNoModel } from '../support/models.ts';

const why = whyNoDocker() ?? whyNoBrowser ?? whyNoModel();
const options = why === null ? { timeout: 400_000 } : { skip: why };
let clone: Clone;
let address: string;

const secret = (path: string): string => readFileSync(join(clone.home, 'secrets', path), 'utf8').trim();

before(async () => {
  if (why !== null) return;
  clone = await Clone.make('docker');
  const [http, https, chat, ollama] = [await freePort(), await freePort(), await freePort(), await freePort()];
  copyTiny(join(clone.folder, 'models'));
  // The folder is the user's; the server runs as somebody else.
  for (const folder of ['models', 'models/blobs', 'models/manifests']) chmodSync(join(clone.folder, folder), 0o777);
  address = `https://chat.localhost:${https}`;
  writeFileSync(
    join(clone.folder, 'cluster.yaml'),
    `name: chat
workers:
  worker: { cpus: 1, memory: 512MiB }
services:
  ollama: { models: ["tiny:1"], modelsPath: models, cpus: 2, memory: 2GiB, port: ${ollama} }
  open-webui: { port: ${chat} }
  proxy: { httpPort: ${http}, httpsPort: ${https} }
`,
  );
});
after(async () => {
  if (why === null) await clone.remove();
});

test('make up brings the whole stack, and its last lines say where the page is', options, async () => {
  const up = await clone.make('up');
  assert.equal(up.code, 0, up.stderr + up.stdout);
  assert.match(up.stdout, new RegExp(address));
});

test('a person signs in through the proxy and watches the answer of the model grow', options, async () => {
  const refused: string[] = [];
  const browser = await openBrowser(address, join(clone.home, 'secrets/authority/ca.crt'));
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(60_000);
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
    });
    page.on('requestfailed', (request) => refused.push(`${request.failure()?.errorText} ${request.url()}`));
    await arrive(page, `${address}/auth`, 'input[type=password]');
    await page.fill('input[autocomplete=email], input[type=email]', 'admin@chat.localhost');
    await page.fill('input[type=password]', secret('open-webui/admin-password'));
    await page.click('button[type=submit]');
    await page.waitForURL(`${address}/`);
    await arrive(page, `${address}/`, '#chat-input');
    const news = page.getByRole('button', { name: "Okay, Let's Go!" });
    await page.waitForTimeout(1000);
    if (await news.isVisible()) await news.click();
    await page.click('#chat-input');
    await page.keyboard.type('Who are you?');
    await page.keyboard.press('Enter');
    const answer = page.getByText(/Hello from the tiny model:/).last();
    const read = async () => ((await answer.isVisible()) ? ((await answer.textContent()) ?? '').trim() : '');
    const stages = await textsUntil(page, read, tinyAnswer.last);
    assert.ok(stages.length >= 3, `the answer came at once: ${JSON.stringify(stages)}`);
    for (const [before, after] of stages.slice(1).map((text, at) => [stages[at] ?? '', text] as const)) {
      assert.ok(after.startsWith(before.slice(0, -1)), `${before} → ${after}`);
    }
    if (process.env.MUSTER_GOLDEN === 'update') {
      mkdirSync('docs/pictures', { recursive: true });
      await page.screenshot({ path: 'docs/pictures/chat.png' });
    }
  } catch (error) {
    const picture = join(tmpdir(), 'muster-chat.png');
    await browser.contexts()[0]?.pages()[0]?.screenshot({ path: picture });
    throw new Error(`refused: ${refused.slice(0, 10).join(', ') || 'nothing'}; the page: ${picture}`, { cause: error });
  } finally {
    await browser.close();
  }
});

test('jobs go in and results come out through the same door', options, async () => {
  const through = { MUSTER_URL: `${address}/muster` };
  const program = join(clone.folder, 'stacks/cli/muster.js');
  const run = (...args: string[]) => clone.run(process.execPath, [program, ...args], through);
  const submitted = await run('jobs', 'submit', '--wait', '--json', '--', 'sh', '-c', 'echo through the door');
  assert.equal(submitted.code, 0, submitted.stderr);
  const { id } = JSON.parse(submitted.stdout) as { id: string };
  const logs = await run('jobs', 'logs', id);
  assert.deepEqual([logs.code, logs.stdout, logs.stderr], [0, 'through the door\n', '']);
});
