// What follows from the spec for rented machines, and which limits hold whatever it says?
import { deepStrictEqual, match, ok, strictEqual, throws } from 'node:assert';
import { test } from 'node:test';
import { rentedWorkers } from '../../../../stacks/configs/user-data/rented.ts';
import { render, targets, workerData } from '../../../../stacks/index.ts';
import { cloudInitFiles, cloudInitSpecs, offered } from '../../../support/cloud-fakes-specs.ts';
import { writtenFiles } from '../../../support/cloud-fakes-written.ts';
import { clusterOf } from '../../../support/specs.ts';

const specOf = (cloud: 'aws' | 'gcp', pool: object = {}, orchestrator: object = { by: 'control-plane' }): string =>
  JSON.stringify({
    name: 'lab',
    pools: { p: { provider: cloud, region: cloud === 'aws' ? 'eu-west-1' : 'europe-west1', ...pool } },
    clouds: { [cloud]: { ...(cloud === 'gcp' && { project: 'my-project' }), orchestrator } },
  });
const bootOf = (spec: string) => {
  const [boot] = rentedWorkers(clusterOf(spec), offered);
  ok(boot);
  return boot;
};

test('a machine is told what the spec says, and the authority where it meets that', () => {
  deepStrictEqual(bootOf(specOf('aws', { idle: '20m', bootDeadline: '5m', worker: { gpus: 2, drainGrace: '1m' } })), {
    ...{ cloud: 'aws', region: 'eu-west-1', pool: 'p', group: 'lab-p', min: { group: 0, onDemand: 0 } },
    ...{ url: 'https://orchestrator.lab.muster.internal/muster', authority: offered.authority },
    ...{
      tokenSecret: 'lab/p/token',
      log: '/muster/lab/p',
      installerSha256: 'a'.repeat(64),
      agentSha256: 'b'.repeat(64),
      gpus: 2,
    },
    ...{ bootDeadlineSeconds: 300, aloneSeconds: 1200, drainSeconds: 60, reportSeconds: 11 },
  });
  const elsewhere = bootOf(specOf('gcp', {}, { by: 'public', url: 'https://muster.example.org' }));
  deepStrictEqual(
    [elsewhere.url, elsewhere.authority, elsewhere.tokenSecret, elsewhere.gpus],
    ['https://muster.example.org', null, 'projects/my-project/secrets/lab-p-token', 0],
  );
  const [file] = cloudInitFiles(specOf('gcp', {}, { by: 'public', url: 'https://muster.example.org' }));
  ok(![...writtenFiles(file?.text ?? '').keys()].includes('/etc/muster/ca.crt'));
});

test('behind a VPN nobody but the own authority can have signed', () => {
  const vpn = JSON.parse(specOf('aws', {}, { by: 'vpn', url: 'https://10.0.0.5:8443' }));
  Object.assign(vpn.clouds.aws, { network: 'vpc-0123456789abcdef0', subnets: ['subnet-0123456789abcdef0'] });
  strictEqual(bootOf(JSON.stringify(vpn)).authority, offered.authority);
});

test('an idle time of a minute leaves an orchestrator ten minutes to come back', () => {
  strictEqual(bootOf(specOf('aws', { idle: '1m' })).aloneSeconds, 600);
});

test('the drain fits what a cloud leaves to a machine that it takes back', () => {
  const drainOf = (cloud: 'aws' | 'gcp', spot: boolean) =>
    bootOf(specOf(cloud, { spot, worker: { drainGrace: '1h' } })).drainSeconds;
  const drains = [drainOf('aws', true), drainOf('aws', false), drainOf('gcp', true), drainOf('gcp', false)];
  deepStrictEqual(drains, [100, 3600, 12, 70]);
  // Google switches a spot machine off 30 s after its word; the script of its end may take 25 s.
  const { text = '' } = cloudInitFiles(specOf('gcp'))[0] ?? {};
  const dropIn = writtenFiles(text).get('/etc/systemd/system/muster-agent.service.d/rented.conf') ?? '';
  match(dropIn, /^TimeoutStopSec=25$/m);
});

test('on Google Cloud, where a group knows no minimum, the machine knows that of its group', () => {
  const minOf = (spot: unknown) => bootOf(specOf('gcp', { min: 3, max: 5, spot })).min;
  deepStrictEqual(minOf(false), { group: 3, onDemand: 0 });
  deepStrictEqual(minOf({ onDemandBase: 2 }), { group: 1, onDemand: 2 });
  deepStrictEqual(minOf({ onDemandBase: 9 }), { group: 0, onDemand: 3 });
});

test('a file for each pool and form, with the bytes that a launch template gets', () => {
  const spec = JSON.stringify({
    name: 'lab',
    pools: { a: { provider: 'aws', region: 'eu-west-1' }, g: { provider: 'gcp', region: 'europe-west1' } },
    clouds: {
      aws: { orchestrator: { by: 'control-plane' } },
      gcp: { project: 'my-project', orchestrator: { by: 'control-plane' } },
    },
  });
  const files = cloudInitFiles(spec);
  const names = files.map(({ path }) => path);
  deepStrictEqual(names, ['build/cloud-init/a.yaml', 'build/cloud-init/g.sh', 'build/cloud-init/g.yaml']);
  strictEqual(workerData(clusterOf(spec), 'a', offered), files[0]?.text);
  strictEqual(workerData(clusterOf(spec), 'g', offered), files[1]?.text);
  deepStrictEqual(writtenFiles(files[1]?.text ?? ''), writtenFiles(files[2]?.text ?? ''));
  throws(() => workerData(clusterOf(spec), 'x', offered), /x is no pool of a cloud/);
});

test('below 16 KiB, and what is longer is refused before a cloud does it', (t) => {
  const sizes = [...cloudInitSpecs.values()].flatMap((spec) => cloudInitFiles(spec).map(({ text }) => text.length));
  t.diagnostic(`${Math.min(...sizes)} to ${Math.max(...sizes)} bytes`);
  ok(Math.max(...sizes) < 16_384);
  const url = `https://muster.example.org/${'x'.repeat(7000)}`;
  const { findings } = render(clusterOf(specOf('aws', {}, { by: 'public', url })), [targets['cloud-init']], offered);
  match(findings[0]?.message ?? '', /^expected at most 16384 bytes of user data on aws, got \d{5}$/);
  deepStrictEqual(
    findings.map(({ message, ...rest }) => rest),
    [
      {
        ...{ severity: 'error', path: ['pools', 'p'] },
        remedy: 'shorten clouds.aws.orchestrator.url, which is most of what the spec adds to it',
      },
    ],
  );
});

test('without what is offered nothing is written, and what is wrong is found all the same', () => {
  const cluster = (url: string) => clusterOf(specOf('aws', {}, { by: 'public', url }));
  deepStrictEqual(render(cluster('https://a.example.org'), [targets['cloud-init']]), { files: [], findings: [] });
  const { files, findings } = render(cluster(`https://a.example.org/${'x'.repeat(7000)}`), [targets['cloud-init']]);
  deepStrictEqual([files.length, findings.length], [0, 1]);
});
