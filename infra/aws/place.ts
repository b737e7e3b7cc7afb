// Where is something made, and whose is it?
import type { Provider } from '@pulumi/aws';
import type { Output } from '@pulumi/pulumi';

export type Place = {
  readonly cluster: string;
  readonly region: string;
  readonly account: Output<string>;
  /** `aws`, or that of China or of the government. */
  readonly partition: Output<string>;
  readonly tags: Readonly<Record<string, string>>;
  readonly options: { readonly provider: Provider };
};
