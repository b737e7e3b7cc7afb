// Which images are built, and with which command?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { buildCommand, imageBuilds, services } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

test('each image once: the two of Muster, and one for each class with its own base', () => {
  const cluster = clusterOf(
    'name: home\nworkers:\n  a: {}\n  b: {}\n  cuda: { image: "nvidia/cuda:12.4.1-base-ubuntu22.04" }\n',
  );
  const commands = imageBuilds(services(cluster)).map((build) => buildCommand(build, 'abc').args.join(' '));
  const agent = 'build --force-rm --file services/agent/Dockerfile';
  const { version } = cluster;
  deepStrictEqual(commands, [
    `${agent} --tag muster-agent-cuda:${version} --label muster.inputs=abc --target with-node --build-arg BASE=nvidia/cuda:12.4.1-base-ubuntu22.04 build`,
    `${agent} --tag muster-agent:${version} --label muster.inputs=abc --target agent build`,
    `build --force-rm --file services/orchestrator/Dockerfile --tag muster-orchestrator:${version} --label muster.inputs=abc build`,
  ]);
});
