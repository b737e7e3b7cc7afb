// Which services may stand beside orchestrator and workers?
import { block, switched } from './fields.ts';
import { daskSchema } from './schema-dask.ts';
import { alertmanagerSchema, grafanaSchema, prometheusSchema, visualizerSchema } from './schema-monitoring.ts';
import { ollamaSchema } from './schema-ollama.ts';
import { openWebuiSchema } from './schema-open-webui.ts';
import { proxySchema } from './schema-proxy.ts';

export const servicesSchema = block({
  dask: switched(daskSchema).meta({ description: 'Dask: a scheduler and classes of workers for Python.' }).optional(),
  ollama: switched(ollamaSchema).meta({ description: 'Ollama: language models on your own machines.' }).optional(),
  'open-webui': switched(openWebuiSchema).meta({ description: 'Open WebUI: the chat page.' }).optional(),
  proxy: switched(proxySchema)
    .meta({ description: 'nginx: one door with TLS and sign-in to everything that has a page or an API.' })
    .optional(),
  prometheus: switched(prometheusSchema).meta({ description: 'Prometheus: measurements and alert rules.' }).optional(),
  alertmanager: switched(alertmanagerSchema)
    .meta({ description: 'Alertmanager: sends the alerts of Prometheus on.' })
    .optional(),
  grafana: switched(grafanaSchema).meta({ description: 'Grafana: dashboards over Prometheus.' }).optional(),
  visualizer: switched(visualizerSchema)
    .meta({ description: 'A picture of the swarm, by a proxy that lets only reads through; on a swarm only.' })
    .optional(),
});
