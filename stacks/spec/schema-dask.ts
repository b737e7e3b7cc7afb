// What does each key of Dask mean? Typed keys that become real options or configuration keys of Dask.
import { z } from 'zod';
import { daskDefaults } from './defaults-services.ts';
import { block, explain, oneOf, text, whole, yesOrNo } from './fields.ts';
import { daskWorkerSchema } from './schema-dask-worker.ts';
import { serviceKeys } from './schema-service.ts';
import { nameRule } from './words.ts';

export const daskSchema = block({
  ...serviceKeys(daskDefaults),
  port: whole(1, 65535, 'a port')
    .meta({ description: 'Publishes the scheduler on 127.0.0.1 of the host, for notebooks. Without it: not at all.' })
    .optional(),
  dashboard: yesOrNo
    .meta({ description: 'The dashboard, reached through the proxy.', default: daskDefaults.dashboard })
    .optional(),
  tls: yesOrNo
    .meta({ description: 'Mutual TLS between scheduler, workers and clients.', default: daskDefaults.tls })
    .optional(),
  compression: oneOf(['auto', 'lz4', 'zlib', 'zstd', 'snappy', 'off'])
    .meta({ description: 'How messages are compressed.', default: daskDefaults.compression })
    .optional(),
  logLevel: oneOf(['debug', 'info', 'warning', 'error'])
    .meta({ description: 'How much scheduler and workers write.', default: daskDefaults.logLevel })
    .optional(),
  workers: z
    .record(text(nameRule), daskWorkerSchema, explain('a map of class names', 'write each class as "name: {}"'))
    .meta({ description: 'Classes of Dask workers, one for each kind of resource. Without it: one class "cpu".' })
    .optional(),
});
