// What does `pulumi up` make on Google Cloud? The pools of cluster.yaml that are there.
import { Config } from '@pulumi/pulumi';
import { readInputs } from '../program.ts';
import { gcpProgram } from './program.ts';

export const { url, groups, bill, next } = gcpProgram(
  await readInputs('gcp', new Config().get('spec') ?? '../../cluster.yaml'),
);
