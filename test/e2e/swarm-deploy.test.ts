// Does a cluster come to a real swarm of three nodes, stay as it is, grow, and survive an update that cannot work?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { after, before, test } from 'node:test';
import { rackSpec, SwarmCluster } from '../support/swarm-cluster.ts';
import { freshSwarm, nodeEnvironment, onNode, swarmDown, untilConverged, whyNoSwarm } from '../support/swarm-lab.ts';

const why = whyNoSwarm();
const options = why === null ? {} : { skip: why };
let cluster: SwarmCluster;

before(async () => {
  if (why !== null) return;
  freshSwarm({ images: ['nginx:1.28.0', 'prom/prometheus:v3.5.0'] });
  cluster = await SwarmCluster.make(rackSpec({ prometheus: { memory: '256MiB' } }));
});
after(async () => {
  if (why !== null) return;
  await cluster.remove();
  swarmDown();
});

test('before it is prepared, a deploy shows its plan and changes nothing', options, async () => {
  const { code, stderr, stdout } = await cluster.muster('deploy', 'swarm', '--dry-run');
  strictEqual(code, 0, stderr);
  match(stdout, /swarm of 3 nodes .*stack "rack"/);
  match(stdout, /\+ orchestrator +muster-orchestrator:\S+ +1 task\n/);
  match(stdout, /\+ worker +muster-agent:\S+ +3 tasks\n/);
  deepStrictEqual([onNode(1, 'secret', 'ls', '--quiet'), onNode(1, 'service', 'ls', '--quiet')], ['', '']);
});

test('once it is prepared, plain docker stack deploy brings up the whole cluster', options, async () => {
  const prepared = await cluster.muster('swarm', 'prepare');
  strictEqual(prepared.code, 0, prepared.stderr);
  match(prepared.stdout, /placed +orchestrator prometheus on node1\n/);
  match(prepared.stdout, /docker stack deploy -c compose\/docker-stack.yml rack\n$/);
  const deployed = await cluster.docker(
    'stack',
    'deploy',
    '--resolve-image',
    'never',
    '-c',
    'compose/docker-stack.yml',
    'rack',
  );
  strictEqual(deployed.code, 0, deployed.stderr);
  await untilConverged('rack', 180);
  deepStrictEqual(await cluster.idle(3), ['worker', 'worker-2', 'worker-3']);
});

test('a second preparation finds all there', options, async () => {
  const { stdout } = await cluster.muster('swarm', 'prepare');
  match(stdout, /^muster: the swarm of 3 nodes has all that "rack" needs\n/);
});

test('a job runs, submitted through the proxy of another node', options, async () => {
  const job = await cluster.job('sh', '-c', 'id -u > /tmp/who && chmod +x /tmp/who && cat /tmp/who');
  strictEqual(job.state, 'succeeded', JSON.stringify(job));
});

test('the volume of a pulled image belongs to its user', options, async () => {
  const id = onNode(1, 'ps', '--quiet', '--filter', 'name=rack_prometheus');
  strictEqual(onNode(1, 'exec', id, 'sh', '-c', 'id -u && touch /var/lib/muster/x && rm /var/lib/muster/x'), '10001');
});

test('a second deploy touches no task, by muster or by docker', options, async () => {
  const tasks = cluster.tasks();
  const { code, stderr, stdout } = await cluster.muster('deploy', 'swarm', '--yes');
  strictEqual(code, 0, stderr);
  match(stdout, /^muster: the stack "rack" is up, nothing to change \(6 tasks\)\n$/);
  deepStrictEqual(cluster.tasks(), tasks);
  await cluster.docker('stack', 'deploy', '--resolve-image', 'never', '-c', 'compose/docker-stack.yml', 'rack');
  await untilConverged('rack');
  deepStrictEqual(cluster.tasks(), tasks);
});

test('docker service scale gives ten idle workers, and so does muster scale', options, async () => {
  const { DOCKER_HOST } = nodeEnvironment(1);
  strictEqual((await cluster.docker('service', 'scale', '--detach', 'rack_worker=10')).code, 0, DOCKER_HOST);
  strictEqual((await cluster.idle(10)).length, 10);
  strictEqual((await cluster.muster('scale', 'worker=3')).code, 0);
  await cluster.idle(3);
  const { code, stderr } = await cluster.muster('scale', 'worker=10');
  strictEqual(code, 0, stderr);
  strictEqual((await cluster.idle(10)).length, 10);
});

test('more workers than the credential admits are refused', options, async () => {
  const { code, stderr } = await cluster.muster('scale', 'worker=13');
  deepStrictEqual(
    [code, stderr.split('\n')[0]],
    [4, 'muster: expected at most 12 workers of worker, got 13: its credential admits no more'],
  );
});

test('the plan says that a deploy takes the number of cluster.yaml again', options, async () => {
  const { stdout } = await cluster.muster('deploy', 'swarm', '--dry-run');
  match(stdout, /~ worker +10 → 3 tasks +7 fewer, each drains first \(up to 10 s\)\n/);
});

/** The spec with another image for the proxy. */
function withProxy(image: string): Record<string, unknown> {
  const spec = rackSpec({ prometheus: { memory: '256MiB' } }, 10);
  const services = spec.services as { readonly proxy: object };
  return { ...spec, services: { ...services, proxy: { ...services.proxy, image } } };
}

const proxyImage = (): string =>
  onNode(1, 'service', 'inspect', 'rack_proxy', '--format', '{{.Spec.TaskTemplate.ContainerSpec.Image}}');

test('an image that does not work is rolled back by the engine, and the deploy says why', options, async () => {
  cluster.write(withProxy('debian:bookworm-slim'));
  const { code, stderr, stdout } = await cluster.muster('deploy', 'swarm', '--yes');
  strictEqual(code, 1, stdout + stderr);
  match(stdout, /~ proxy +image nginx:1\.28\.0 → debian:bookworm-slim +stops first: away for about \d+ s\n/);
  match(stderr, /^muster: proxy was rolled back: .*\n(?: {2}.*\n)* {2}.*nginx: not found\n/);
  await untilConverged('rack');
  strictEqual(proxyImage(), 'nginx:1.28.0');
});

test(
  'an image that no node can fetch is rolled back by the deploy, where the engine would try for ever',
  options,
  async () => {
    cluster.write(withProxy('nginx:0.0.0'));
    const { code, stderr, stdout } = await cluster.muster('deploy', 'swarm', '--yes');
    strictEqual(code, 1, stdout + stderr);
    match(stdout, /undoing +the update of proxy\n/);
    match(stderr, /^muster: proxy was rolled back: failed to resolve reference .*nginx:0\.0\.0/);
    await untilConverged('rack');
    strictEqual(proxyImage(), 'nginx:1.28.0');
  },
);

test('with the right spec again there is nothing to change', options, async () => {
  cluster.write(withProxy('nginx:1.28.0'));
  const { code, stderr, stdout } = await cluster.muster('deploy', 'swarm', '--yes');
  strictEqual(code, 0, stderr);
  match(stdout, /nothing to change/);
  await cluster.idle(10);
});

test('a rotated secret gets a new version, the old one goes, and jobs still run', options, async () => {
  const { code, stderr, stdout } = await cluster.muster('deploy', 'swarm', '--yes', '--rotate', 'classes/worker/token');
  strictEqual(code, 0, stdout + stderr);
  const names = onNode(1, 'secret', 'ls', '--format', '{{.Name}}').split('\n');
  deepStrictEqual(
    names.filter((name) => name.startsWith('rack_classes-')),
    ['rack_classes-worker-token_2'],
  );
  await cluster.idle(10);
  strictEqual((await cluster.job('true')).state, 'succeeded');
});

test('a drained node gives its tasks away and takes some again', options, async () => {
  const { code, stderr, stdout } = await cluster.muster('nodes', 'drain', 'node3');
  strictEqual(code, 0, stderr);
  match(stdout, /node3 is drained \(\d+ tasks? moved\)\n/);
  strictEqual(onNode(3, 'ps', '--quiet'), '');
  strictEqual((await cluster.muster('nodes', 'activate', 'node3')).code, 0);
  await untilConverged('rack', 120);
});
