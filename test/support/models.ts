// Which language models can tests use? Those of the lab, as a folder such as Ollama keeps.
import { cpSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { labEnvironment } from './lab.ts';

/** What the model `tiny` always answers, its first and last words. */
export const tinyAnswer = { first: 'Hello from the tiny model:', last: 'thirty.' };

/** Why there is no model to test with, or null. */
export function whyNoModel(): string | null {
  return labEnvironment().MUSTER_LAB_MODELS === undefined ? 'the lab with its models is absent' : null;
}

/** Makes `folder` a folder of models that holds `tiny:1`. */
export function copyTiny(folder: string): void {
  cpSync(labEnvironment().MUSTER_LAB_MODELS ?? '', folder, { recursive: true });
  const manifests = join(folder, 'manifests/registry.ollama.ai/library/tiny');
  renameSync(join(manifests, 'latest'), join(manifests, '1'));
}
