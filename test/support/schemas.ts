// Does a value meet a JSON Schema? ajv's errors as lines; also the Compose Specification's schema, as dclint ships it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

type Check = (value: unknown) => readonly string[];

function checkBy(ajv: Ajv, schema: Record<string, unknown>): Check {
  const { $schema: _, ...rest } = schema;
  const validate = ajv.compile(rest);
  return (value) =>
    validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

export function jsonSchemaCheck(schema: Record<string, unknown>): Check {
  return checkBy(new Ajv2020({ allErrors: true, strict: true }), schema);
}

/** The schema is not exported by the package, so it is read by path; its formats are Compose's own. */
export function composeSchemaCheck(): Check {
  const file = join(import.meta.dirname, '../../node_modules/dclint/schemas/compose.schema.json');
  return checkBy(
    new Ajv({ allErrors: true, strict: false, validateFormats: false }),
    JSON.parse(readFileSync(file, 'utf8')),
  );
}
