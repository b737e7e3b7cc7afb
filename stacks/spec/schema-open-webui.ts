// What does each key of the chat page mean?
import { openWebuiDefaults } from './defaults-services.ts';
import { block, text, whole, yesOrNo } from './fields.ts';
import { serviceKeys } from './schema-service.ts';
import { emailRule, titleRule } from './words-web.ts';

export const openWebuiSchema = block({
  ...serviceKeys(openWebuiDefaults),
  port: whole(1, 65535, 'a port')
    .meta({ description: 'Port on 127.0.0.1 of the host.', default: openWebuiDefaults.port })
    .optional(),
  title: text(titleRule).meta({ description: 'Name on the page. Without it: the name of the cluster.' }).optional(),
  admin: text(emailRule)
    .meta({ description: 'E-mail address of the first admin. Without it: admin@CLUSTER.localhost.' })
    .optional(),
  signUp: yesOrNo
    .meta({ description: 'May anybody who finds the page make an account?', default: openWebuiDefaults.signUp })
    .optional(),
});
