// What does each key about a cloud mean?
import { cloudDefaults } from './defaults-pools.ts';
import { block, list, oneOf, text, whole } from './fields.ts';
import { nameRule } from './words.ts';
import { cloudCertificateRule, instanceTypeRule, networkRule, projectRule, subnetRule } from './words-clouds.ts';
import { emailRule, httpsUrlRule } from './words-web.ts';

const reach = block({
  by: oneOf(['control-plane', 'public', 'vpn']).meta({
    description:
      'control-plane: an instance of this cloud runs the orchestrator; public: it is elsewhere, with TLS; vpn: elsewhere, on a private address that the network reaches.',
  }),
  url: text(httpsUrlRule)
    .meta({
      description: 'public and vpn: where the orchestrator is. control-plane: the name that its certificate is for.',
    })
    .optional(),
  instance: text(instanceTypeRule)
    .meta({ description: 'control-plane: its machine type; without it the smallest that holds the stack.' })
    .optional(),
  certificate: text(cloudCertificateRule)
    .meta({
      description:
        'control-plane: what the load balancer shows the whole Internet, beside url. Without it: one of the local authority, inside the network alone.',
    })
    .optional(),
  runs: list(text(nameRule), 'services')
    .meta({
      description:
        'control-plane: what it runs beside orchestrator and proxy, such as ollama. Without it: prometheus and alertmanager, where the cluster has them.',
    })
    .optional(),
});

const shape = {
  orchestrator: reach.meta({ description: 'How the machines reach the orchestrator.' }),
  network: text(networkRule)
    .meta({
      description: 'new: a network of its own, without a way in; default: that of the account; or one by name.',
      default: cloudDefaults.network,
    })
    .optional(),
  subnets: list(text(subnetRule), 'subnets').meta({ description: 'Of a network by name: which subnets.' }).optional(),
  logDays: whole(1, 3653, 'a number of days')
    .meta({
      description: 'aws: how long logs are kept; rounded up to what CloudWatch knows.',
      default: cloudDefaults.logDays,
    })
    .optional(),
  alertsTo: text(emailRule).meta({ description: 'Who is told when a budget is at 80 and at 100 percent.' }).optional(),
};

export const cloudsSchema = block({
  aws: block(shape).meta({ description: 'Amazon Web Services.' }).optional(),
  gcp: block({
    project: text(projectRule).meta({ description: 'The project that everything is made in.' }),
    ...shape,
  })
    .meta({ description: 'Google Cloud.' })
    .optional(),
});
