// Does an update of every service of a swarm cost its users a request or a job? Under load, on three real nodes.
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freshSwarm, nodeEnvironment, swarmDown, untilConverged, whyNoSwarm } from '../support/swarm-lab.ts';
import { Rack } from '../support/swarm-rack.ts';
import { watchUpdate } from '../support/swarm-traffic.ts';

const why = whyNoSwarm();
const options = why === null ? {} : { skip: why };
let rack: Rack;

before(async () => {
  if (why !== null) return;
  freshSwarm();
  rack = await Rack.make('rack');
});
after(async () => {
  if (why !== null) return;
  await rack?.remove();
  swarmDown();
});

/** Tasks that run, by service. */
const tasks = (service: string): readonly string[] =>
  rack
    .containers(service)
    .map(({ task }) => task)
    .sort();

test(
  'without a drain jobs break off, and who asks only once is not answered: the checks see both',
  options,
  async (t) => {
    rack.write({ replicas: 2 });
    const prepared = await rack.muster('swarm', 'prepare', '--host', `${nodeEnvironment(1).DOCKER_HOST}`);
    strictEqual(prepared.code, 0, prepared.stderr);
    const file = join(rack.clone.folder, 'compose/docker-stack.yml');
    const text = readFileSync(file, 'utf8');
    const hasty = text.replace(/stop_grace_period: "2[57]s"/g, 'stop_grace_period: "1s"');
    notStrictEqual(hasty, text);
    writeFileSync(file, hasty);
    const args = ['stack', 'deploy', '--detach', '--resolve-image', 'never', '-c', file, rack.name];
    const deployed = await rack.clone.run('docker', args, nodeEnvironment(1));
    strictEqual(deployed.code, 0, deployed.stderr);
    await untilConverged(rack.name, 120);
    rack.bringModel();

    rack.write({ number: 2 });
    const { jobs, load, said } = await watchUpdate(rack, 'twin', () => rack.deploy(), t, 0);
    strictEqual(said.code, 0, said.stdout + said.stderr);
    ok(jobs.broken.length + jobs.stuck.length > 0, 'no job was broken off');
    ok(load.failed.length > 0, 'no request failed');
  },
);

test('a rolling update of workers, proxy and orchestrator costs no request and no job', options, async (t) => {
  const services = ['orchestrator', 'proxy', 'worker'];
  const old = Object.fromEntries(services.map((name) => [name, tasks(name)]));
  rack.write({ number: 3 });
  const { jobs, load, said, streams } = await watchUpdate(rack, 'update', () => rack.deploy(), t);
  strictEqual(said.code, 0, said.stdout + said.stderr);
  for (const name of services)
    deepStrictEqual(
      tasks(name).filter((task) => old[name]?.includes(task)),
      [],
      name,
    );
  ok(load.perSecond >= 50, `${load.perSecond} requests a second`);
  deepStrictEqual(load.failed, []);
  const { duplicated, failed, lost, stuck, unexpected } = jobs;
  deepStrictEqual(
    { duplicated, failed, lost, stuck, unexpected },
    { duplicated: [], failed: [], lost: [], stuck: [], unexpected: [] },
  );
  deepStrictEqual(jobs.broken, []);
  ok(jobs.handedBack > 0, 'no worker had a job that was longer than its drain');
  deepStrictEqual(streams.wrong, []);
  t.diagnostic(`MiB of each service: ${JSON.stringify(rack.memory())}`);
});
