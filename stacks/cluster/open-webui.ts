// What was decided about the chat page?
import { openWebuiDefaults } from '../spec/defaults-services.ts';
import type { OpenWebuiSpec } from '../spec/types.ts';
import { memoryMiB } from './decide.ts';
import type { OpenWebui } from './types.ts';

export function openWebuiOf(block: OpenWebuiSpec, clusterName: string): OpenWebui {
  const { cpus, image, memory, port, signUp } = { ...openWebuiDefaults, ...block };
  return {
    image,
    cpus,
    memoryMiB: memoryMiB(memory),
    port,
    title: block.title ?? clusterName,
    adminEmail: block.admin ?? `admin@${clusterName}.localhost`,
    signUp,
  };
}
