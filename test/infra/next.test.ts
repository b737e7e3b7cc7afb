// Does each line that a person gets afterwards hold the command as it is typed?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { nextLines } from '../../infra/next.ts';
import type { Fleet } from '../../infra/types.ts';
import { cloudSpecs } from '../support/cloud-specs.ts';

function fleet(fits: (reach: Fleet['reach']) => boolean): Fleet {
  const found = [...cloudSpecs('aws').values()].find(({ fleet: { reach } }) => fits(reach));
  if (found === undefined) throw new Error('no spec is like that');
  return found.fleet;
}

const always = ['let more machines join: muster workers invite', 'take everything away: muster cloud destroy aws'];

test('a control plane inside the network is reached by a tunnel, with the authority of the cluster', () => {
  const here = fleet(({ by, certificate }) => by === 'control-plane' && certificate === null);
  deepStrictEqual(nextLines(here, 'aws ssm …'), [
    'open a way in, and leave it open: aws ssm …',
    'pages, meanwhile: https://localhost:8443',
    'use this cluster: export MUSTER_URL=https://localhost:8443/muster MUSTER_CA_FILE=.muster/secrets/authority/ca.crt',
    ...always,
  ]);
});

test('one with a certificate needs its name, one elsewhere nothing', () => {
  const there = 'use this cluster: export MUSTER_URL=https://muster.example.org';
  deepStrictEqual(
    nextLines(
      fleet(({ certificate }) => certificate !== null),
      'lb-1.elb.amazonaws.com',
    ),
    ['point the name muster.example.org at: lb-1.elb.amazonaws.com', `${there}/muster`, ...always],
  );
  deepStrictEqual(
    nextLines(
      fleet(({ by }) => by === 'public'),
      null,
    ),
    [there, ...always],
  );
});
