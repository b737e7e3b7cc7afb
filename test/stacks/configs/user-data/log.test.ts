// Does what a rented machine says reach the log of its cloud, as it was said, and is nothing lost when it does not?
import { deepStrictEqual, ok } from 'node:assert';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { rentedWorkers } from '../../../../stacks/configs/user-data/rented.ts';
import { workerFiles } from '../../../../stacks/configs/user-data/worker.ts';
import { FakeAws } from '../../../support/cloud-fakes.ts';
import { FakeGcp } from '../../../support/cloud-fakes-gcp.ts';
import { FakeGroup } from '../../../support/cloud-fakes-group.ts';
import { offered } from '../../../support/cloud-fakes-specs.ts';
import { ownFolder } from '../../../support/folder.ts';
import { clusterOf } from '../../../support/specs.ts';

const home = '127.0.0.1';
const specs = {
  aws: `
name: lab
pools: { p: { provider: aws, region: eu-west-1 } }
clouds: { aws: { orchestrator: { by: control-plane } } }
`,
  gcp: `
name: lab
pools: { p: { provider: gcp, region: europe-west1 } }
clouds: { gcp: { project: my-project, orchestrator: { by: control-plane } } }
`,
} as const;
const group = new FakeGroup({ name: 'lab-p', min: 0, desired: 1 }, () => 'i-00');

/** What a script prints that begins as those of a machine do, and how it ends. */
async function ran(t: TestContext, cloud: 'aws' | 'gcp', port: number, script: string) {
  const folder = ownFolder(t);
  const at = (name: string) => join(folder, name);
  const [boot] = rentedWorkers(clusterOf(specs[cloud]), offered);
  ok(boot);
  for (const [name, path] of [
    ['env', '/etc/muster/cloud.env'],
    ['cloud', '/usr/local/lib/muster/cloud'],
  ] as const) {
    const { text = '' } = workerFiles(boot).find((file) => file.path === path) ?? {};
    writeFileSync(
      at(name),
      text.replace('/etc/muster/cloud.env', at('env')).replace('/usr/local/lib/muster/cloud', at('cloud')),
    );
  }
  const lead = (from: string) => `connect-to = "${from}:80:${home}:${port}"\n`;
  writeFileSync(at('.curlrc'), `${lead('169.254.169.254')}${lead('metadata.google.internal')}noproxy = "*"\n`);
  const place = `http://${home}:${port}`;
  const startedAt = performance.now();
  const child = spawn('sh', ['-c', `set -eu\n. ${at('cloud')}\n${script}`], {
    env: { PATH: process.env.PATH, CURL_HOME: folder, AWS_ENDPOINT_URL: place, MUSTER_GCP_ENDPOINT: place },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      said += part;
    });
  const code = await new Promise((done) => child.once('close', done));
  return { code, said, seconds: (performance.now() - startedAt) / 1000 };
}

const hostile = `say 'a "b" \\ {"c": $HOME}' '%s'\nsay "$(printf 'two\\nlines\\\\\\n\\033[1m')"\nfail 'é'`;
const printed = 'muster: a "b" \\ {"c": $HOME} %s\nmuster: two\nlines\\\n\u001b[1m\nmuster: é\n';
const kept = ['a "b" \\ {"c": $HOME} %s', 'two\nlines\\\n?[1m', '??'];

async function onAws(t: TestContext): Promise<{ readonly aws: FakeAws; readonly port: number }> {
  const aws = new FakeAws();
  t.after(() => aws.close());
  aws.machines.set(home, { instance: 'i-00', userData: '', group });
  return { aws, port: await aws.listen(home) };
}

test('AWS: one stream for each machine; quotes, lines and what no terminal should see come through', async (t) => {
  const { aws, port } = await onAws(t);
  aws.logs.groups.add('/muster/lab/p');
  const { code, said } = await ran(t, 'aws', port, hostile);
  deepStrictEqual([code, said], [1, printed]);
  deepStrictEqual(
    aws.logs.lines,
    kept.map((text) => ({ log: '/muster/lab/p', from: 'i-00', text })),
  );
  deepStrictEqual(aws.calls, []);
});

test('Google Cloud: under the machine itself', async (t) => {
  const gcp = new FakeGcp();
  t.after(() => gcp.close());
  gcp.machines.set(home, { instance: 'lab-p-a0', script: '', group });
  const { code, said } = await ran(t, 'gcp', await gcp.listen(home), hostile);
  deepStrictEqual([code, said], [1, printed]);
  deepStrictEqual(
    gcp.lines,
    kept.map((text) => ({ log: 'projects/my-project/logs/muster', from: 'lab-p-a0', text })),
  );
  deepStrictEqual(gcp.calls, []);
});

test('without a log, and with one that never answers, a machine says it all the same, and goes on', async (t) => {
  const { aws, port } = await onAws(t);
  const refused = await ran(t, 'aws', port, 'say one\nsay two');
  deepStrictEqual([refused.code, refused.said, aws.logs.lines], [0, 'muster: one\nmuster: two\n', []]);
  aws.isSilent = true;
  const { code, said, seconds } = await ran(t, 'aws', port, 'say one\nsay two >&2');
  deepStrictEqual([code, said], [0, 'muster: one\nmuster: two\n']);
  ok(seconds > 9 && seconds < 14, `${seconds} s`);
});
