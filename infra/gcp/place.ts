// Where is something made, and whose is it?
import type { Provider } from '@pulumi/gcp';
import type { Resource } from '@pulumi/pulumi';

export type Place = {
  readonly cluster: string;
  readonly project: string;
  readonly region: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: { readonly provider: Provider; readonly dependsOn: Resource[] };
};
