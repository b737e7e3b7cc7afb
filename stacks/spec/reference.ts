// What can be written in cluster.yaml? Every key for a reader, from the same schema that checks it: docs/spec.md.
import { z } from 'zod';
import { bare } from './fields.ts';
import { clusterSchema } from './schema.ts';

type Block = z.ZodObject<z.core.$ZodLooseShape>;
type Section = { readonly path: string; readonly description: string; readonly block: Block };

const head = `# cluster.yaml

Generated from \`stacks/spec/schema.ts\` by \`make golden\`. Do not edit.

Only \`name\` must be there. A key that is not listed here is a mistake, and \`muster check\` says where it stands.`;

const columns = ['key', 'write', 'default', 'meaning'];

/** The text of docs/spec.md: one section per block, one row per key, in the order of the schema. Pure. */
export function specReference(): string {
  const { description = '' } = clusterSchema.meta() ?? {};
  const sections = sectionsOf({ path: '', description, block: clusterSchema });
  return `${[head, ...sections.map(sectionText)].join('\n\n')}\n`;
}

/** A block and all blocks in it. Below a map, \`NAME\` stands for a name that the user chooses. */
function sectionsOf(section: Section): readonly Section[] {
  const inner = fieldsOf(section.block).flatMap(([key, field]) => {
    const { description = '' } = field.meta() ?? {};
    const path = section.path === '' ? key : `${section.path}.${key}`;
    if (field instanceof z.ZodObject) return sectionsOf({ path, description, block: field as Block });
    const value = field instanceof z.ZodRecord ? field.valueType : null;
    return value instanceof z.ZodObject ? sectionsOf({ path: `${path}.NAME`, description, block: value as Block }) : [];
  });
  return [section, ...inner];
}

/** The keys with what they hold; whether a key may be left out shows in its default. */
function fieldsOf(block: Block): readonly (readonly [string, z.ZodType])[] {
  return Object.entries(block.shape).map(([key, type]) => [key, withMeaning(type as z.ZodType)] as const);
}

/** A block that may be switched is shown as the block, with the meaning of the whole. */
function withMeaning(type: z.ZodType): z.ZodType {
  const outer = type instanceof z.ZodOptional ? (type.unwrap() as z.ZodType) : type;
  const inner = bare(outer) as z.ZodType;
  return inner === outer ? outer : inner.meta(outer.meta() ?? {});
}

function isBlock(field: z.ZodType): boolean {
  return field instanceof z.ZodObject || (field instanceof z.ZodRecord && field.valueType instanceof z.ZodObject);
}

function sectionText({ path, description, block }: Section): string {
  const rows = fieldsOf(block)
    .filter(([, field]) => !isBlock(field))
    .map(([key, field]) => rowCells(key, field, block.shape[key] instanceof z.ZodOptional));
  const title = path === '' ? '## The file' : `## ${path}`;
  // A block of blocks alone is shown by their sections, which follow.
  const table = rows.length === 0 ? '' : tableText([columns, ...rows]);
  return [title, description, table].filter((part) => part !== '').join('\n\n');
}

function rowCells(key: string, field: z.ZodType, optional: boolean): readonly string[] {
  const { default: fallback, description = '' } = field.meta() ?? {};
  const otherwise = fallback === undefined ? (optional ? '–' : 'must be there') : `\`${fallback}\``;
  return [`\`${key}\``, expected(field), otherwise, description].map((text) => text.replaceAll('|', '\\|'));
}

/** Columns as wide as their widest cell, as the formatter of the clone wants them. */
function tableText([header = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** In the words of the checker: what it says it expected when it finds something else. */
function expected(field: z.ZodType): string {
  const found = field.safeParse(undefined).error?.issues[0]?.message ?? '';
  return found.split('\n')[0] ?? '';
}
