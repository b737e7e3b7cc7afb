// Does the whole cluster work on a real Docker engine?
import { test } from 'node:test';
import { tellClusterStory } from '../support/cluster-story.ts';
import { whyNoDocker } from '../support/lab.ts';

const why = whyNoDocker();
if (why === null) tellClusterStory('docker');
else test('the cluster works on a real Docker engine', { skip: why }, () => {});
