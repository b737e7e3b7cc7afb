// With tls, does Dask admit its members alone?
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { address, PythonTalk, startScheduler, startWorker, whyNoDask } from '../support/dask.ts';
import { LocalStack } from '../support/local-stack.ts';

const skip = whyNoDask() ?? false;

test('with tls members compute, and who shows no certificate of theirs is refused', { skip }, async (t) => {
  const stack = await startScheduler(t, 'name: a\nservices: {dask: {tls: true, workers: {cpu: {memory: 1GiB}}}}');
  startWorker(stack, 'cpu');
  const sum = `
import json
from distributed import Client
client = Client("tls://${address(stack)}", timeout=60)
client.wait_for_workers(1, timeout=60)
print(json.dumps([client.submit(sum, [1, 2, 3]).result(timeout=30), *[w.split(":")[0] for w in client.scheduler_info()["workers"]]]))
`;
  const member = new PythonTalk(t, sum, { DASK_CONFIG: stack.at.config('dask/scheduler.yaml') });
  assert.deepEqual(await member.next(), [6, 'tls']);

  const stranger = await LocalStack.make(t, 'name: b\nservices: {dask: {tls: true}}');
  const [host, port] = address(stack).split(':');
  const attempts: readonly string[] = [
    `Client("tcp://${address(stack)}", timeout=5)`,
    `Client("tls://${address(stack)}", timeout=5, security=Security(require_encryption=True,
        tls_ca_file="${stack.at.secret('dask/ca.crt')}",
        tls_client_cert="${stranger.at.secret('dask/tls.crt')}",
        tls_client_key="${stranger.at.secret('dask/tls.key')}"))`,
    `context = ssl.create_default_context(cafile="${stack.at.secret('dask/ca.crt')}")
    context.check_hostname = False
    context.wrap_socket(socket.create_connection(("${host}", ${port}))).recv(1)`,
  ];
  for (const attempt of attempts) {
    const script = `
import json, socket, ssl
from distributed import Client
from distributed.security import Security
try:
    ${attempt}
    print(json.dumps("admitted"))
except OSError: # also what Dask and TLS raise
    print(json.dumps("refused"))
`;
    assert.equal(await new PythonTalk(t, script).next(), 'refused', attempt);
  }
});

test('the folder that members see holds no key of the authority', async (t) => {
  const stack = await LocalStack.make(t, 'name: a\nservices: {dask: {tls: true}}');
  assert.deepEqual(readdirSync(stack.at.secret('dask')).sort(), ['ca.crt', 'tls.crt', 'tls.key']);
});
