// What does a rule look at? A resource as it was asked for, and how to read what is inside it.
export type Resource = {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
};

/** One sentence for each thing that is wrong; empty: the rule is kept. */
export type Rule = {
  /** As hardening guides number them: AWS1, GCP4. */
  readonly name: string;
  readonly description: string;
  readonly check: (resource: Resource) => readonly string[];
};

/** Stands in a preview where a value is known only once another resource is made. */
export const later = '(known later)';

export type Value = Readonly<Record<string, unknown>>;

export const mapAt = (value: unknown): Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Value) : {};

export const listAt = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textAt = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `wrong` where the condition does not hold. */
export const unless = (holds: boolean, wrong: string): readonly string[] => (holds ? [] : [wrong]);

/** For resources of those types alone. */
export const of =
  (types: readonly string[], check: Rule['check']): Rule['check'] =>
  (resource) =>
    types.includes(resource.type) ? check(resource) : [];

/** Of a policy of AWS; none where it is not known yet. */
export function statements({ props }: Resource): readonly Value[] {
  const text = textAt(props.policy);
  return text === '' || text === later ? [] : listAt(mapAt(JSON.parse(text)).Statement).map(mapAt);
}
