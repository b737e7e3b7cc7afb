// Does the whole cluster work as local processes, where no Docker engine answers?
import { tellClusterStory } from '../support/cluster-story.ts';

tellClusterStory('embedded');
