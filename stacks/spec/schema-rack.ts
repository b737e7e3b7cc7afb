// What does each key about a rack of machines without containers mean?
import { z } from 'zod';
import { rackDefaults, wireguardDefaults } from './defaults-services.ts';
import { block, explain, list, oneOf, text, whole } from './fields.ts';
import { nameRule } from './words.ts';
import { addressRule, endpointRule, subnetRule, userRule } from './words-web.ts';

const host = block({
  address: text(addressRule).meta({
    description:
      'Its IPv4 address: SSH reaches it there. Without a network below, what others need of it listens there too: then a private one.',
  }),
  user: text(userRule)
    .meta({ description: 'Who signs in over SSH; needs sudo where it is not root.', default: rackDefaults.user })
    .optional(),
  sshPort: whole(1, 65535, 'a port').meta({ description: 'Port of SSH.', default: rackDefaults.sshPort }).optional(),
  runs: list(text(nameRule), 'services')
    .meta({
      description:
        'What it runs: orchestrator, proxy, ollama, dask-scheduler …, classes of workers by their name, those of Dask as dask-NAME. Without it: everything.',
    })
    .optional(),
  engine: oneOf(['docker'])
    .meta({ description: 'A Docker engine for it: that of its distribution. Without it: none is installed.' })
    .optional(),
  swarm: oneOf(['manager', 'worker'])
    .meta({ description: 'What it is in a Docker swarm of these hosts; brings an engine. Without it: in none.' })
    .optional(),
  wireguard: text(addressRule)
    .meta({ description: 'Its address in the private network. Without it: one that follows from its name.' })
    .optional(),
  endpoint: text(endpointRule)
    .meta({
      description:
        'Where other hosts send what WireGuard encrypts: ADDRESS:PORT, or none behind a router that lets nobody in. Without it: its address.',
    })
    .optional(),
});

const wireguard = block({
  kind: z.literal('wireguard', explain('wireguard', 'write kind: wireguard')).meta({ description: 'What makes it.' }),
  subnet: text(subnetRule)
    .meta({ description: 'Its addresses, which no other network has.', default: wireguardDefaults.subnet })
    .optional(),
  port: whole(1, 65535, 'a port')
    .meta({ description: 'Port of every host for what is encrypted (UDP).', default: wireguardDefaults.port })
    .optional(),
});

export const rackSchema = block({
  network: z
    .union(
      [z.literal('wireguard'), wireguard],
      explain('wireguard or a map of keys', 'write wireguard for a private network between the hosts'),
    )
    .meta({
      description:
        'A private network between the hosts, made for them: wireguard, or a map of these keys. Without it: they have one already.',
    })
    .optional(),
  hosts: z
    .record(text(nameRule), host, explain('a map of host names', 'write each host as "name: {address: 10.0.0.11}"'))
    .meta({ description: 'The machines. Without any: this one alone, which runs everything.' })
    .optional(),
});
