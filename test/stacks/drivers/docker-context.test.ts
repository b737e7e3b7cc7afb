// Is the engine found that the docker command would use?
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { contextHost } from '../../../stacks/drivers/docker-context.ts';
import { ownFolder } from '../../support/folder.ts';

test('the current context names the engine, DOCKER_CONTEXT another one, and default none', (t) => {
  const settings = ownFolder(t);
  const host = 'unix:///run/user/1000/docker.sock';
  const meta = join(settings, 'contexts', 'meta', createHash('sha256').update('rootless').digest('hex'));
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: 'rootless', Endpoints: { docker: { Host: host } } }));
  assert.equal(contextHost({ DOCKER_CONFIG: settings }), null);
  assert.equal(contextHost({ DOCKER_CONFIG: settings, DOCKER_CONTEXT: 'rootless' }), host);
  writeFileSync(join(settings, 'config.json'), '{"currentContext": "rootless"}');
  assert.equal(contextHost({ DOCKER_CONFIG: settings }), host);
  assert.equal(contextHost({ DOCKER_CONFIG: settings, DOCKER_CONTEXT: 'default' }), null);
  assert.equal(contextHost({ DOCKER_CONFIG: settings, DOCKER_CONTEXT: 'gone' }), null);
  writeFileSync(join(settings, 'config.json'), '{');
  assert.equal(contextHost({ DOCKER_CONFIG: settings }), null);
});
