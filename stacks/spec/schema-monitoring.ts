// What does each key of the monitoring services mean?
import { alertmanagerDefaults, grafanaDefaults, prometheusDefaults, visualizerDefaults } from './defaults-services.ts';
import { block, duration, text, whole, yesOrNo } from './fields.ts';
import { serviceKeys } from './schema-service.ts';
import { emailRule, hostPortRule, titleRule } from './words-web.ts';

const loopbackPort = (fallback: number) =>
  whole(1, 65535, 'a port').meta({ description: 'Port on 127.0.0.1 of the host.', default: fallback }).optional();

export const prometheusSchema = block({
  ...serviceKeys(prometheusDefaults),
  port: loopbackPort(prometheusDefaults.port),
  retention: duration
    .meta({ description: 'How long measurements are kept.', default: prometheusDefaults.retention })
    .optional(),
  scrapeInterval: duration
    .meta({ description: 'How often each target is asked.', default: prometheusDefaults.scrapeInterval })
    .optional(),
});

export const alertmanagerSchema = block({
  ...serviceKeys(alertmanagerDefaults),
  port: loopbackPort(alertmanagerDefaults.port),
  email: block({
    to: text(emailRule).meta({ description: 'Who gets the alerts.' }),
    from: text(emailRule).meta({ description: 'From whom they come.' }),
    server: text(hostPortRule).meta({ description: 'The mail server with its port, such as mail.example.org:587.' }),
    user: text(titleRule)
      .meta({ description: 'User at the mail server; the password is the secret alertmanager/smtp-password.' })
      .optional(),
  })
    .meta({ description: 'Alerts by e-mail.' })
    .optional(),
  webhook: yesOrNo
    .meta({
      description: 'Alerts to a web address, which is the secret alertmanager/webhook-url.',
      default: alertmanagerDefaults.webhook,
    })
    .optional(),
});

export const grafanaSchema = block({ ...serviceKeys(grafanaDefaults), port: loopbackPort(grafanaDefaults.port) });

export const visualizerSchema = block({
  ...serviceKeys(visualizerDefaults),
  port: loopbackPort(visualizerDefaults.port),
});
