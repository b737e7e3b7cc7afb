// What can no container be given, whichever tool starts it?
import type { Service } from '../../catalog/types.ts';
import type { Finding } from '../../spec/types.ts';

/** Linux takes no longer single variable (MAX_ARG_STRLEN, 32 pages). */
const longestVariableBytes = 131_072;

export function sizeFindings(services: readonly Service[]): readonly Finding[] {
  return services.flatMap((service) =>
    Object.entries(service.environment).flatMap(([name, value]) => {
      if (name.length + value.length + 2 <= longestVariableBytes / 4) return [];
      const bytes = new TextEncoder().encode(`${name}=${value}`).length + 1;
      if (bytes <= longestVariableBytes) return [];
      const message = `expected at most ${longestVariableBytes} bytes in ${name} of ${service.name}, got ${bytes}`;
      const remedy = 'use fewer classes with more replicas, or shorter labels';
      return [{ severity: 'error', path: ['workers'], message, remedy }];
    }),
  );
}
