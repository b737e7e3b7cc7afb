// Which keys has every service of the stack?
import { image, number, size } from './fields.ts';

type Defaults = { readonly image: string; readonly cpus: number; readonly memory: string };

export function serviceKeys(defaults: Defaults) {
  return {
    image: image
      .meta({ description: 'The image it runs from, with an exact tag or digest.', default: defaults.image })
      .optional(),
    cpus: number(0.1, 1024, 'a number of CPUs')
      .meta({ description: 'CPUs it may use.', default: defaults.cpus })
      .optional(),
    memory: size.meta({ description: 'Memory it may use.', default: defaults.memory }).optional(),
  };
}
