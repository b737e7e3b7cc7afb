// What does a host become by itself? Facts in, a choice with its reason for each service out.
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { at, atUrl, type Cases, chosen, small } from '../../support/install-choices.ts';

const cases: Cases = {
  'a bare host alone becomes a whole cluster without models': [
    { role: 'auto' },
    [
      '+ orchestrator: this cluster has none yet',
      '+ proxy: the spec has one',
      '· ollama: no GPU; role ai takes it all the same',
      '· open-webui: no models on this host',
      small,
    ],
  ],
  'with a GPU it has models, their page, and the class that uses GPUs': [
    { role: 'auto', facts: { gpus: 1, cpus: 16, memoryMiB: 64_000 } },
    [
      '+ orchestrator: this cluster has none yet',
      '+ proxy: the spec has one',
      '+ ollama: here is a GPU',
      '+ open-webui: beside the models',
      '+ trainer: class trainer: the largest that fits',
    ],
  ],
  'with a GPU and too little memory it has no models': [
    { role: 'auto', facts: { gpus: 1, memoryMiB: 4000 }, orchestrator: at('node1'), node1: ['orchestrator'] },
    [
      '· orchestrator: node1 runs it',
      '· ollama: it may use 8192 MiB, this host has 4000',
      '· open-webui: no models on this host',
      small,
    ],
  ],
  'where Docker is, auto leaves the cluster to it': [
    { role: 'auto', facts: { engine: 'docker' } },
    [
      '· orchestrator: Docker is here: "muster up" runs the cluster in containers',
      '· ollama: Docker is here: "muster up" runs it in a container',
      '· open-webui: no models on this host',
      '· agent: no orchestrator of this cluster answers',
    ],
  ],
  'where the cluster runs in containers or as processes, auto joins it': [
    { role: 'auto', orchestrator: atUrl, text: 'name: home\n' },
    ['· orchestrator: http://127.0.0.1:8080 is the one of this cluster', 'i agent: joins http://127.0.0.1:8080'],
  ],
  'a host that joined by an invite stays what it is': [
    { role: 'auto', facts: { isJoined: true }, text: 'name: home\n' },
    ['· orchestrator: this host works for one', 'i agent: is here already'],
  ],
  'a second auto finds what is there': [
    { role: 'auto', orchestrator: at('bare'), here: ['orchestrator', 'proxy', 'small'] },
    [
      '+ orchestrator: is here already',
      '+ proxy: is here already',
      '+ small: is here already',
      '· ollama: no GPU; role ai takes it all the same',
      '· open-webui: no models on this host',
    ],
  ],
};

for (const [name, [given, lines]] of Object.entries(cases)) {
  test(name, () => {
    deepStrictEqual(chosen(given), lines);
  });
}
