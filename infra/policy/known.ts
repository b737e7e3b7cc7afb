// What of a resource is known in a preview? All but what another resource brings: one such value must not hide the rest.
import { later, type Value } from './resource.ts';

/** Reading a value that is not known throws (sdk/policy/proxy.ts); without this, Pulumi would leave the whole rule out. */
function known(read: () => unknown): unknown {
  try {
    const value = read();
    if (Array.isArray(value)) return Array.from({ length: value.length }, (_, at) => known(() => value[at]));
    if (typeof value !== 'object' || value === null) return value;
    return knownProps(value as Value);
  } catch {
    return later;
  }
}

/** A plain copy. */
export const knownProps = (props: Value): Value =>
  Object.fromEntries(Object.keys(props).map((name) => [name, known(() => props[name])]));
