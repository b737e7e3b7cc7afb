// Do the functions of both clouds ask as these want to be asked? Run by sh against the fakes, which check what they get.
import { deepStrictEqual, match } from 'node:assert';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { awsFunctions } from '../../../../stacks/configs/user-data/aws.ts';
import { gcpFunctions } from '../../../../stacks/configs/user-data/gcp.ts';
import { FakeAws, region } from '../../../support/cloud-fakes.ts';
import { FakeGcp, gcpRegion } from '../../../support/cloud-fakes-gcp.ts';
import { FakeGroup } from '../../../support/cloud-fakes-group.ts';
import { ownFolder } from '../../../support/folder.ts';

const home = '127.0.0.1';

/** What a script says that may call the functions; the address of the metadata service leads to the fake. */
async function said(t: TestContext, functions: string, port: number, env: object, script: string): Promise<string> {
  const folder = ownFolder(t);
  const lead = (from: string) => `connect-to = "${from}:80:${home}:${port}"\n`;
  writeFileSync(
    join(folder, '.curlrc'),
    `${lead('169.254.169.254')}${lead('metadata.google.internal')}noproxy = "*"\n`,
  );
  const place = `http://${home}:${port}`;
  const child = spawn('sh', ['-c', `say() { echo "$*"; }\n${functions}\n${script}`], {
    env: { PATH: process.env.PATH, CURL_HOME: folder, AWS_ENDPOINT_URL: place, MUSTER_GCP_ENDPOINT: place, ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      text += part;
    });
  await new Promise((done) => child.once('close', done));
  return text.trim();
}

async function onAws(t: TestContext, min: number, more: { readonly isWarming?: true } = {}) {
  const aws = new FakeAws();
  t.after(() => aws.close());
  const group = new FakeGroup({ name: 'lab-p', min, desired: 2 }, (index) => `i-0${index}`);
  aws.machines.set(home, { instance: 'i-00', userData: '', group, ...more });
  aws.secrets.set('lab/p/token', 'mc_a-b_c');
  const port = await aws.listen(home);
  const env = { MUSTER_REGION: region, MUSTER_GROUP: 'lab-p', MUSTER_POOL: 'p', MUSTER_TOKEN_SECRET: 'lab/p/token' };
  return { aws, group, ask: (script: string, other = {}) => said(t, awsFunctions, port, { ...env, ...other }, script) };
}

test('AWS: token and name, the hooks, and a machine that gives itself back', async (t) => {
  const { aws, ask, group } = await onAws(t, 1);
  deepStrictEqual(await ask('class_token; echo; worker_name'), 'mc_a-b_c\np-i-00');
  deepStrictEqual(await ask('is_leaving || echo stays; is_warming || echo joins; say_ready'), 'stays\njoins');
  deepStrictEqual([group.machine('i-00')?.state, group.desired], ['in service', 2]);
  match(await ask('say_ready'), /no hook was waiting$/);
  deepStrictEqual(await ask('give_back && is_leaving && echo leaves; say_left'), 'leaves');
  deepStrictEqual([group.desired, group.paid], [1, ['i-01']]);
  const trouble = aws.calls.filter(({ status }) => status !== 200 && status !== 400);
  deepStrictEqual(trouble, []);
});

test('AWS: at its minimum a group keeps its machines, and one that only vanishes is replaced', async (t) => {
  const { ask, group } = await onAws(t, 2);
  match(await ask('give_back || echo refused'), /error: 400\s+refused$/);
  deepStrictEqual([group.desired, group.paid.length], [2, 2]);
  group.lose('i-01');
  deepStrictEqual(group.paid, ['i-00', 'i-02']);
});

test('AWS: a machine of a warm pool knows it', async (t) => {
  const { ask } = await onAws(t, 0, { isWarming: true });
  deepStrictEqual(await ask('is_warming && echo waits'), 'waits');
});

test('AWS: the fake refuses what is not signed for this place, and a token that is not there', async (t) => {
  const { aws, ask } = await onAws(t, 0);
  match(await ask('class_token || echo none', { MUSTER_REGION: 'us-east-1' }), /403\s+none$/);
  match(await ask('class_token || echo none', { MUSTER_TOKEN_SECRET: 'lab/x/token' }), /400\s+none$/);
  await ask(`curl -s --aws-sigv4 aws:amz:${region}:autoscaling --user a:b -d Action=x "$AWS_ENDPOINT_URL/"`);
  await ask('curl -s http://169.254.169.254/latest/meta-data/instance-id');
  deepStrictEqual(
    aws.calls.map(({ what, status }) => `${status} ${what}`),
    [
      '403 secretsmanager: signed for secretsmanager in us-east-1',
      '400 GetSecretValue lab/x/token',
      '403 autoscaling: unknown key a',
      '401 metadata without a token: /latest/meta-data/instance-id',
    ],
  );
});

test('Google Cloud: token and name, and a machine that looks at the size of its group before it goes', async (t) => {
  const gcp = new FakeGcp();
  t.after(() => gcp.close());
  const group = new FakeGroup({ name: 'lab-p', min: 1, desired: 2 }, (index) => `lab-p-a${index}`);
  gcp.machines.set(home, { instance: 'lab-p-a0', script: '', group });
  gcp.secrets.set('projects/my-project/secrets/lab-p-token', 'mc_a-b_c');
  const port = await gcp.listen(home);
  const env = {
    ...{
      MUSTER_REGION: gcpRegion,
      MUSTER_GROUP: 'lab-p',
      MUSTER_POOL: 'p',
      MUSTER_MIN: '1',
      MUSTER_MIN_ON_DEMAND: '9',
    },
    MUSTER_TOKEN_SECRET: 'projects/my-project/secrets/lab-p-token',
  };
  const ask = (script: string, other = {}) => said(t, gcpFunctions, port, { ...env, ...other }, script);
  deepStrictEqual(await ask('class_token; echo; worker_name'), 'mc_a-b_c\np-a0');
  deepStrictEqual(await ask('worker_name', { MUSTER_GROUP: 'of-another-length' }), 'p-a0');
  deepStrictEqual(await ask('give_back || echo refused', { MUSTER_MIN: '2' }), 'refused');
  deepStrictEqual(await ask('give_back && echo back'), 'back');
  deepStrictEqual([group.desired, group.paid], [1, ['lab-p-a1']]);
  await ask('curl -s "$MUSTER_GCP_ENDPOINT/v1/projects/my-project/secrets/lab-p-token/versions/latest:access"');
  deepStrictEqual(gcp.calls.at(-1), { from: 'lab-p-a0', what: 'a call without the token', status: 401 });
});
