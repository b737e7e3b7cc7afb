// Which services does a role put on a host that was asked for, and for which reason?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { at, atUrl, type Cases, chosen, small } from '../../support/install-choices.ts';

const cases: Cases = {
  'the role orchestrator is that and the proxy': [
    { role: 'orchestrator', facts: { engine: 'docker' } },
    ['+ orchestrator: asked for', '+ proxy: the spec has one'],
  ],
  'a proxy whose ports are taken stays away': [
    { role: 'orchestrator', facts: { ports: [22, 80, 443] } },
    ['+ orchestrator: asked for', '· proxy: somebody listens on port 80 and 443'],
  ],
  'a second orchestrator is refused': [
    { role: 'orchestrator', orchestrator: at('node1'), node1: ['orchestrator', 'proxy'] },
    ['· orchestrator: node1 runs it'],
  ],
  'a worker asks the orchestrator of another host': [
    { role: 'worker', orchestrator: at('node1'), node1: ['orchestrator'] },
    [small],
  ],
  'a worker beside an orchestrator leaves it as it is': [
    { role: 'worker', orchestrator: at('bare'), here: ['orchestrator'] },
    ['+ orchestrator: is here already', small],
  ],
  'a worker without any orchestrator is left out': [
    { role: 'worker' },
    ['· agent: no orchestrator of this cluster answers'],
  ],
  'a class that others fill has no room': [
    { role: 'worker', orchestrator: at('node1'), node1: ['orchestrator', 'small'] },
    ['+ trainer: class trainer: the smallest, though it is larger than this host'],
  ],
  'a class that is named is taken, though it is meant for Compose': [
    { role: 'worker', workerClass: 'large', orchestrator: at('node1'), node1: ['orchestrator'] },
    ['+ large: class large, as asked for'],
  ],
  'a class that nobody knows is left out': [
    { role: 'worker', workerClass: 'big', orchestrator: at('node1'), node1: ['orchestrator'] },
    ['· agent: the spec has no class big, but large, small, trainer'],
  ],
  'the role ai is models, their page and a worker, GPU or not': [
    { role: 'ai', orchestrator: at('node1'), node1: ['orchestrator'] },
    ['+ ollama: asked for', '+ open-webui: asked for', small],
  ],
  'the role ai takes no service that another host runs': [
    { role: 'ai', orchestrator: atUrl, node1: ['ollama', 'open-webui'] },
    ['· ollama: node1 runs it', '· open-webui: node1 runs it', 'i agent: joins http://127.0.0.1:8080'],
  ],
  'the role ai of a spec without models says so': [
    { role: 'ai', orchestrator: atUrl, text: 'name: home\n' },
    [
      '· ollama: the spec has no services/ollama',
      '· open-webui: the spec has no services/open-webui',
      'i agent: joins http://127.0.0.1:8080',
    ],
  ],
};

for (const [name, [given, lines]] of Object.entries(cases)) {
  test(name, () => {
    deepStrictEqual(chosen(given), lines);
  });
}
