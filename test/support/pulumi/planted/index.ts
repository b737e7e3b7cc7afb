// What does a program make of one of the many specs, where a test plants a mistake into what it asks for?
import { Config, runtime } from '@pulumi/pulumi';
import { cloudSpecs } from '../../cloud-specs.ts';

type Plant = { readonly type: string; readonly change: Readonly<Record<string, unknown>> };

const config = new Config();
const cloud = config.require('cloud') === 'aws' ? 'aws' : 'gcp';
const plant = config.getObject<Plant>('plant');

/** Into the first of its type; null takes a property away. */
let isPlanted = false;
runtime.registerStackTransformation(({ opts, props, type }) => {
  if (isPlanted || type !== plant?.type) return { props, opts };
  isPlanted = true;
  const changed = Object.entries({ ...props, ...plant.change }).filter(([, value]) => value !== null);
  return { props: Object.fromEntries(changed), opts };
});

const inputs = cloudSpecs(cloud).get(config.require('spec'));
if (inputs === undefined) throw new Error('no such spec');
if (cloud === 'aws') await (await import('../../../../infra/aws/program.ts')).awsProgram(inputs);
else (await import('../../../../infra/gcp/program.ts')).gcpProgram(inputs);
