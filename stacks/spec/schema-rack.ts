// What does each key about a rack of machines without containers mean?
import { z } from 'zod';
import { rackDefaults } from './defaults-services.ts';
import { block, explain, list, text, whole } from './fields.ts';
import { nameRule } from './words.ts';
import { addressRule, userRule } from './words-web.ts';

const host = block({
  address: text(addressRule).meta({
    description: 'Its private IPv4 address: what others need of it listens there, and SSH reaches it there.',
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
});

export const rackSchema = block({
  hosts: z
    .record(text(nameRule), host, explain('a map of host names', 'write each host as "name: {address: 10.0.0.11}"'))
    .meta({ description: 'The machines. Without any: this one alone, which runs everything.' })
    .optional(),
});
