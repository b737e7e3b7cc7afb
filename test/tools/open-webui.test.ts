// Does a real Open WebUI stand before our Ollama, with the admin of the secret, and keep its accounts?
import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type LocalService, LocalStack, until, whyNoPrograms } from '../support/local-stack.ts';
import { copyTiny, tinyAnswer, whyNoModel } from '../support/models.ts';

const skip = whyNoPrograms('open-webui', 'ollama') ?? whyNoModel() ?? false;

const withServers = (ollama: string): string =>
  `name: lab\nservices: {open-webui: {title: Our page}, proxy: {hosts: [ai.example.org]}, ollama: ${ollama}}`;

/** As the image says of itself where it holds no models of its own. */
const slim = { USE_SLIM_DOCKER: 'true' };

const email = 'admin@lab.localhost';

class Page {
  readonly #url: string;
  #token = '';

  constructor(stack: LocalStack) {
    this.#url = `http://${stack.at.address('open-webui', 8080)}`;
  }

  call(path: string, body?: unknown, origin = 'https://ai.example.org'): Promise<Response> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${this.#token}`, origin };
    const method = body === undefined ? 'GET' : 'POST';
    return fetch(this.#url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  /** When it answers; one that ended says why. */
  async healthy({ exited, lines }: LocalService): Promise<void> {
    const ended = exited.then((code) => {
      throw new Error(`ended with ${code}:\n${lines.slice(-40).join('\n')}`);
    });
    await Promise.race([until(async () => (await this.call('/health')).ok || null, 180), ended]);
    ended.catch(() => {});
  }

  async signIn(password: string): Promise<number> {
    const answer = await this.call('/api/v1/auths/signin', { email, password });
    if (answer.ok) this.#token = ((await answer.json()) as { token: string }).token;
    return answer.status;
  }

  async models(): Promise<readonly string[]> {
    const { data } = (await (await this.call('/api/models')).json()) as { data: readonly { id: string }[] };
    return data.map(({ id }) => id);
  }

  /** The words of an answer as they came, and in how many pieces. */
  async chat(model: string): Promise<{ readonly text: string; readonly pieces: number }> {
    const messages = [{ role: 'user', content: 'hi' }];
    const answer = await this.call('/api/chat/completions', { model, messages, stream: true, temperature: 0 });
    const whole = await answer.text();
    const pieces = [...whole.matchAll(/^data: (\{.*)$/gm)].map(
      ([, json]) => JSON.parse(json as string).choices?.[0]?.delta?.content ?? '',
    );
    return { text: pieces.join(''), pieces: pieces.length };
  }
}

test('the chat page answers through Ollama, keeps its accounts, and follows a changed fleet', { skip }, async (t) => {
  const stack = await LocalStack.make(t, withServers('{models: [tiny:1]}'));
  copyTiny(join(stack.at.state('ollama'), 'models'));
  stack.start('ollama/ollama.sh');
  const first = stack.start('open-webui/start.sh', slim);
  const page = new Page(stack);
  await page.healthy(first);

  const password = readFileSync(stack.at.secret('open-webui/admin-password'), 'utf8').trim();
  assert.equal(await page.signIn('wrong'), 400);
  assert.equal(await page.signIn(password), 200);
  const signUp = await page.call('/api/v1/auths/signup', { email: 'b@b.org', password: 'Some-Password-1', name: 'b' });
  assert.equal(signUp.status, 403);
  assert.deepEqual(await page.models(), ['tiny:1']);
  const { pieces, text } = await page.chat('tiny:1');
  assert.match(text, new RegExp(`${tinyAnswer.first}.*${tinyAnswer.last}`));
  assert.ok(pieces > 20, `${pieces} pieces`);

  const settings = (await (await page.call('/api/config')).json()) as { name: string; features: object };
  assert.equal(settings.name, 'Our page (Open WebUI)');
  assert.deepEqual(
    Object.entries(settings.features).filter(([key]) => /signup$|version_update|community|websocket/.test(key)),
    [
      ['enable_signup', false],
      ['enable_websocket', true],
      ['enable_version_update_check', false],
      ['enable_community_sharing', false],
    ],
  );
  const tasks = (await (await page.call('/api/v1/tasks/config')).json()) as Record<string, unknown>;
  const generated = Object.entries(tasks).filter(([key]) => /^ENABLE_(TITLE|TAGS|FOLLOW_UP)_GENERATION$/.test(key));
  assert.deepEqual(new Set(generated.map(([, on]) => on)), new Set([false]));
  const origins = await Promise.all(
    ['https://ai.example.org', 'http://localhost:3000', 'https://evil.example.org'].map(async (origin) =>
      (await page.call('/api/config', undefined, origin)).headers.get('access-control-allow-origin'),
    ),
  );
  assert.deepEqual(origins, ['https://ai.example.org', 'http://localhost:3000', null]);
  const cookies = (await page.call('/api/v1/auths/signin', { email, password })).headers.getSetCookie();
  assert.ok(cookies.length > 0 && cookies.every((cookie) => /; Secure/i.test(cookie)), cookies.join('\n'));
  assert.equal((await page.call('/static/favicon.png')).status, 200);

  first.child.kill('SIGTERM');
  // Its server raises the signal again when all is closed.
  assert.equal(await first.exited, 'SIGTERM');
  await stack.write(withServers('{nodes: {b: {models: [tiny:2]}}}'));
  const other = join(stack.at.state('ollama-b'), 'models');
  copyTiny(other);
  const library = join(other, 'manifests/registry.ollama.ai/library/tiny');
  renameSync(join(library, '1'), join(library, '2'));
  stack.start('ollama/ollama-b.sh');
  await page.healthy(stack.start('open-webui/start.sh', slim));
  assert.equal(await page.signIn(password), 200);
  await until(async () => (await page.models()).includes('tiny:2') || null);
  assert.deepEqual(await page.models(), ['tiny:2']);
});
