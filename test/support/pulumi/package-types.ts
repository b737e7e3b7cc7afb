// Which properties has a resource? What the installed @pulumi/aws and @pulumi/gcp declare, version for version.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { block, type Properties, propertiesOf } from './declarations.ts';

/** `inputs` is what a program may say, `outputs` what it may read. */
export type ResourceType = { readonly inputs: Properties; readonly outputs: Properties };

export class PackageTypes {
  readonly version: string;
  private readonly folder: string;
  private readonly texts = new Map<string, string>();
  private readonly resources = new Map<string, ResourceType | null>();
  private readonly objects = new Map<string, Properties>();

  constructor(cloud: string) {
    const file = createRequire(import.meta.url).resolve(`@pulumi/${cloud}/package.json`);
    this.folder = dirname(file);
    this.version = JSON.parse(readFileSync(file, 'utf8')).version;
  }

  /** `aws:autoscaling/group:Group`; null: the package has no such type. */
  resource(token: string): ResourceType | null {
    const known = this.resources.get(token);
    if (known !== undefined) return known;
    const [, file, name] = token.split(':');
    const declared = this.fileOf(`${file}.d.ts`);
    const found = declared === null ? null : this.read(declared, String(name));
    this.resources.set(token, found);
    return found;
  }

  /** The properties of a nested type, as `ec2.LaunchTemplateMonitoring`. */
  object(ref: string): Properties {
    const known = this.objects.get(ref);
    if (known !== undefined) return known;
    const [name, ...spaces] = ref.split('.').reverse();
    let scope = this.text('types/input.d.ts');
    for (const space of spaces.reverse()) scope = block(scope, scope.search(new RegExp(`namespace ${space} `)));
    const at = scope.search(new RegExp(`interface ${name} `));
    if (at < 0) throw new Error(`no type ${ref}`);
    const found = propertiesOf(block(scope, at));
    this.objects.set(ref, found);
    return found;
  }

  /** Empty: the package does not say. */
  words(ref: string): readonly string[] {
    const [name, ...spaces] = ref.split('.').reverse();
    const file = `types/enums/${spaces.reverse().join('/')}/index.d.ts`;
    if (!existsSync(join(this.folder, file))) return [];
    const text = this.text(file);
    const at = text.indexOf(`const ${name}:`);
    return at < 0 ? [] : [...block(text, at).matchAll(/: "([^"]*)"/g)].map(([, word]) => word as string);
  }

  /** The case of a token is not that of the file: `projects/iAMMember` is declared in `projects/iammember.d.ts`. */
  private fileOf(token: string): string | null {
    const folder = dirname(token);
    if (!existsSync(join(this.folder, folder))) return null;
    const names = readdirSync(join(this.folder, folder));
    const name = names.find((each) => each.toLowerCase() === basename(token).toLowerCase());
    return name === undefined ? null : join(folder, name);
  }

  private read(file: string, name: string): ResourceType {
    const text = this.text(file);
    const inputs = text.indexOf(`export interface ${name}Args `);
    return {
      inputs: inputs < 0 ? new Map() : propertiesOf(block(text, inputs)),
      outputs: propertiesOf(block(text, text.indexOf(`export declare class ${name} `))),
    };
  }

  private text(file: string): string {
    const known = this.texts.get(file) ?? readFileSync(join(this.folder, file), 'utf8');
    this.texts.set(file, known);
    return known;
  }
}
