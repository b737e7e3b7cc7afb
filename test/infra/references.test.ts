// Does the stand-in of a cloud know who refers to whom? What is absent is refused, and what is in use stays.
import { deepStrictEqual } from 'node:assert';
import { join } from 'node:path';
import { test } from 'node:test';
import { ownFolder } from '../support/folder.ts';
import { References } from '../support/pulumi/references.ts';
import { World } from '../support/pulumi/world.ts';

const network = { type: 'aws:ec2/vpc:Vpc', id: 'vpc-77', name: 'network', props: { arn: 'arn:aws:ec2:::vpc-77' } };
const subnet = { type: 'aws:ec2/subnet:Subnet', id: 'subnet-77', name: 'machines', props: { vpcId: 'vpc-77' } };

test('an id that no resource has is named with its path, wherever it stands', (t) => {
  const world = new World(join(ownFolder(t), 'world.json'));
  world.put('create', network);
  const references = new References('aws', world);
  const asked = { vpcId: 'vpc-77', name: 'vpc-78', deep: [{ subnetIds: ['subnet-1a1b2c3d', 'subnet-9'] }] };
  deepStrictEqual(references.check(asked), [
    { path: 'deep[0].subnetIds[1]', reason: 'nothing that is there is called subnet-9' },
  ]);
});

test('a name that this run asked for counts, until the next run', (t) => {
  const references = new References('gcp', new World(join(ownFolder(t), 'world.json')));
  references.check({ name: 'nat' });
  deepStrictEqual(references.check({ router: 'nat' }), []);
  references.forget();
  deepStrictEqual(references.check({ router: 'nat' }).length, 1);
});

test('who holds on to a resource is named, and nobody once he is gone', (t) => {
  const world = new World(join(ownFolder(t), 'world.json'));
  const references = new References('aws', world);
  world.put('create', network);
  world.put('create', subnet);
  deepStrictEqual(references.usersOf(network.type, network.id), ['aws:ec2/subnet:Subnet machines']);
  deepStrictEqual(references.usersOf(subnet.type, subnet.id), []);
  world.remove(subnet.type, subnet.id);
  deepStrictEqual(references.usersOf(network.type, network.id), []);
});
