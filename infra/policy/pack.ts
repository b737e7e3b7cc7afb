// Which rules does Pulumi check before it makes anything? All of both clouds; the same functions that the tests call.
import { PolicyPack, type ResourceValidationPolicy } from '@pulumi/policy';
import { knownProps } from './known.ts';
import type { Rule } from './resource.ts';
import { awsRules } from './rules-aws.ts';
import { gcpRules } from './rules-gcp.ts';

const policyOf = ({ check, description, name }: Rule): ResourceValidationPolicy => ({
  name,
  description,
  enforcementLevel: 'mandatory',
  validateResource: ({ name: own, props, type }, report) => {
    for (const wrong of check({ type, name: own, props: knownProps(props) })) report(wrong);
  },
});

// The version is read from the package.json of the working folder, which is the program's.
process.chdir(__dirname);
new PolicyPack('muster', { policies: [...awsRules, ...gcpRules].map(policyOf) });
