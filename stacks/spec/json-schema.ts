// What does an editor need to complete cluster.yaml? The schema as JSON Schema, with every description.
import { z } from 'zod';
import { clusterSchema } from './schema.ts';

/** The text of cluster.schema.json. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(clusterSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'Muster cluster.yaml', ...schema }, null, 2)}\n`;
}
