// Which troubles of Ollama and its models need somebody?
import type { Cluster } from '../cluster/types.ts';
import { type Alert, thresholds, wasUp } from './alerts-rule.ts';

export function modelAlerts({ stack }: Cluster): readonly Alert[] {
  if (stack.ollama === null) return [];
  const down: Alert = {
    name: 'OllamaDown',
    expr: `muster_ollama_up == 0 and ${wasUp('muster_ollama_up')}`,
    forSeconds: thresholds.downForSeconds,
    severity: 'critical',
    summary: 'The Ollama node {{ $labels.node }} does not answer.',
    description: 'Models on this node cannot be asked.',
  };
  const wanted = stack.ollama.nodes.filter(({ models }) => models.length > 0);
  const lacks = wanted.map(({ service, models }) => `(muster_ollama_models{node="${service}"} < ${models.length})`);
  const missing: Alert = {
    name: 'ModelsMissing',
    expr: lacks.join(' or '),
    forSeconds: thresholds.modelsForSeconds,
    severity: 'warning',
    summary: 'The Ollama node {{ $labels.node }} lacks models.',
    description: 'It has {{ $value }}, fewer than cluster.yaml asks for.',
  };
  return wanted.length === 0 ? [down] : [down, missing];
}
