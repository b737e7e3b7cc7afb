// What does `pulumi up` make on AWS? The pools of cluster.yaml that are there.
import { Config } from '@pulumi/pulumi';
import { readInputs } from '../program.ts';
import { awsProgram } from './program.ts';

export const { url, groups, bill, next } = await awsProgram(
  await readInputs('aws', new Config().get('spec') ?? '../../cluster.yaml'),
);
