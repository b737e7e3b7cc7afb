// What does each key about a Docker swarm mean?
import { z } from 'zod';
import { swarmDefaults } from './defaults-services.ts';
import { block, explain, oneOf, text, yesOrNo } from './fields.ts';
import { labelKeyRule } from './words.ts';
import { engineUrlRule, registryRule } from './words-web.ts';

export const swarmSchema = block({
  registry: text(registryRule)
    .meta({ description: 'Registry that every node can pull from; images of ours are pushed there.' })
    .optional(),
  endpoint: oneOf(['vip', 'dnsrr'])
    .meta({
      description: 'How services find each other: vip, or dnsrr with ports in host mode where the kernel has no IPVS.',
      default: swarmDefaults.endpoint,
    })
    .optional(),
  encrypted: yesOrNo
    .meta({ description: 'Encrypt what nodes say to each other (needs ESP).', default: swarmDefaults.encrypted })
    .optional(),
  workersOnManagers: yesOrNo
    .meta({ description: 'May managers run jobs too?', default: swarmDefaults.workersOnManagers })
    .optional(),
  engines: z
    .record(
      text(labelKeyRule),
      text(engineUrlRule),
      explain('a map of node names to addresses', 'write for example node2: ssh://you@node2'),
    )
    .meta({ description: 'Without a registry: how to reach the engine of each node, to ship images there.' })
    .optional(),
});
